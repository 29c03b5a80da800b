package dev.retouch.contract.prose;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the prose of a file: the comments of Java, and the text of Markdown and YAML, without code. Everything else becomes
 * blanks, so that lines keep their numbers.
 */
enum ProseScanner {
    /** Comments, without code spans and what is quoted. */
    JAVA {
        @Override
        String prose(String text) {
            StringBuilder comments = new StringBuilder(text.length());
            Matcher token = JAVA_TOKEN.matcher(text);
            int end = 0;
            while (token.find()) {
                comments.append(blank(text.substring(end, token.start())));
                String found = token.group();
                comments.append(found.startsWith("/") ? found : blank(found));
                end = token.end();
            }
            comments.append(blank(text.substring(end)));
            String marked = MARGIN.matcher(comments).replaceAll(margin -> blank(margin.group()));
            return without(marked, PREFORMATTED, INLINE_TAG, CODE_SPAN);
        }
    },
    /** The text, without code blocks, code spans and targets of links. */
    MARKDOWN {
        @Override
        String prose(String text) {
            return without(text, CODE_BLOCK, CODE_SPAN, LINK_TARGET);
        }
    },
    /** All of it, without code spans. */
    YAML {
        @Override
        String prose(String text) {
            return without(text, CODE_SPAN);
        }
    };

    /** Comments, and the literals in which a comment cannot begin. */
    private static final Pattern JAVA_TOKEN = Pattern.compile("//[^\\n]*|/\\*(?s:.*?)\\*/|\"\"\"(?s:.*?)(?<!\\\\)\"\"\""
            + "|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+'");
    private static final Pattern MARGIN = Pattern.compile("(?m)^[ \\t]*(?:/\\*+|\\*+/?|//+)|\\*+/");
    private static final Pattern PREFORMATTED = Pattern.compile("(?s)<pre>.*?</pre>");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@(?:code|link|linkplain|value|literal)\\b[^}]*}");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^[ \\t]*```.*?^[ \\t]*```");
    private static final Pattern CODE_SPAN = Pattern.compile("`[^`]*`");
    private static final Pattern LINK_TARGET = Pattern.compile("(?<=])\\([^)\\s]*\\)");

    /** Returns the scanner for a file, by its name; none if its text is not counted. */
    static Optional<ProseScanner> of(String fileName) {
        return switch (fileName.substring(fileName.lastIndexOf('.') + 1)) {
            case "java" -> Optional.of(JAVA);
            case "md" -> Optional.of(MARKDOWN);
            case "yaml", "yml" -> Optional.of(YAML);
            default -> Optional.empty();
        };
    }

    /** Replaces everything but the prose with blanks. */
    abstract String prose(String text);

    private static String without(String text, Pattern... patterns) {
        String rest = text;
        for (Pattern pattern : patterns) {
            rest = pattern.matcher(rest).replaceAll(match -> blank(match.group()));
        }
        return rest;
    }

    /** Blanks of the same length, with the same line breaks. */
    private static String blank(String text) {
        return text.replaceAll("[^\\n]", " ");
    }
}
