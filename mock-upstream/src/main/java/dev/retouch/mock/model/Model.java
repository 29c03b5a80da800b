package dev.retouch.mock.model;

/** One served model id and the rules it follows. */
public record Model(String id, long created, String ownedBy, Family family) {}
