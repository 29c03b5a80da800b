package dev.retouch.server.answer;

/** One part of an answer. Parts are in order of arrival, and an {@link AnswerEnd} is the last one. */
public sealed interface AnswerPart
        permits AnswerMetadata, PartialImage, FinalImage, ImageEnd, AnswerUsage, Refusal, AnswerEnd {}
