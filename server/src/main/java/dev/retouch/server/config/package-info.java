/**
 * The settings: a record for each section, with defaults from {@code defaults.yaml}, then a file, then the
 * environment. Read once, at the start; an invalid setting stops the start with its place. Never read by a request.
 */
@NullMarked
package dev.retouch.server.config;

import org.jspecify.annotations.NullMarked;
