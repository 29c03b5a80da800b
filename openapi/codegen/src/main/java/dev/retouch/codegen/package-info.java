/**
 * Extensions of the OpenAPI generator beyond its options. Loaded by Maven while it generates; no part of the
 * product depends on it.
 */
@NullMarked
package dev.retouch.codegen;

import org.jspecify.annotations.NullMarked;
