package dev.retouch.contract.conformance.report;

/** A page under construction. Whatever is not written here in the program goes through {@link #text}. */
final class Html {

    private final StringBuilder page = new StringBuilder();

    /** Trusted markup, written in this program. */
    Html raw(String markup) {
        page.append(markup);
        return this;
    }

    /** Escapes untrusted text. Invisible characters are shown as a box. */
    Html text(String text) {
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                case '\n', '\t' -> page.append((char) character);
                default -> page.appendCodePoint(isSeen(character) ? character : '\uFFFD');
            }
        });
        return this;
    }

    /** Control characters and those that turn the direction of a line could make a page say something else than it says. */
    private static boolean isSeen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
