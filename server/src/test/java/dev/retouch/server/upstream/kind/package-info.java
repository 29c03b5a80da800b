/** Tests of the upstream kinds through a gateway, against scripted servers that are written from the documentation of each provider. */
@NullMarked
package dev.retouch.server.upstream.kind;

import org.jspecify.annotations.NullMarked;
