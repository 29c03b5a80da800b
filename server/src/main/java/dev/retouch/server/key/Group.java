package dev.retouch.server.key;

/** What its keys have in common. */
public record Group(String name) {}
