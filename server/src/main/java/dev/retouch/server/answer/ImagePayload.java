package dev.retouch.server.answer;

/** The data of one image, in the form in which the upstream sent it. */
public sealed interface ImagePayload permits Base64Payload, BinaryPayload, UrlPayload {}
