package dev.retouch.server.key;

/**
 * What its keys have in common.
 *
 * @param name its name
 * @param answersBoth whether each image is answered as base64 and as a link, whatever was asked for
 */
public record Group(String name, boolean answersBoth) {}
