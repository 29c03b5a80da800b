package dev.retouch.contract.exchange;

/**
 * The test that runs.
 *
 * @param name its class and method
 * @param chosen whether it chose what it sends; requests made by chance prove nothing about what tests look at
 */
public record TestName(String name, boolean chosen) {

    /** Before the first test. */
    static final TestName NONE = new TestName("(before the first test)", false);
}
