package dev.retouch.contract.conformance.check;

/** Looks at one side of an answer. */
@FunctionalInterface
public interface Check {

    /** Says what differs from what the case expects, and nothing where all is well. */
    void look(Evidence evidence, Findings findings) throws InterruptedException;
}
