/**
 * Edited images behind signed links that expire: stored by {@code edit}, fetched through {@code api}. The link is the
 * permission; nothing here knows keys or groups.
 */
@NullMarked
package dev.retouch.server.hosting;

import org.jspecify.annotations.NullMarked;
