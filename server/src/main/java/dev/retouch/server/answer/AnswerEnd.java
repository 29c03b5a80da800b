package dev.retouch.server.answer;

/** The end of an answer. */
public record AnswerEnd() implements AnswerPart {}
