package dev.retouch.contract.exchange;

/**
 * Something that the document does not allow.
 *
 * @param subject the operation, or what was asked where the document knows of none
 * @param rule what should have been so
 * @param found what was found instead, shortened
 */
record Finding(String subject, String rule, String found) {

    /** Shortens the value found. */
    Finding {
        found = Document.brief(found);
    }

    @Override
    public String toString() {
        return subject + ": " + rule + ": " + found;
    }
}
