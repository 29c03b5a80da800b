/**
 * The settings: one record per feature, defaults from {@code defaults.yaml}, then a file, then the environment. Read
 * once at the start by {@code app}; a mistake stops the start with its place. Never read by a request.
 */
@NullMarked
package dev.retouch.server.config;

import org.jspecify.annotations.NullMarked;
