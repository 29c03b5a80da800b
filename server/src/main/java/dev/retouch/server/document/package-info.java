/**
 * The contract as the running server sees it: the document's bytes for those who ask for it, and the little that the
 * server looks up in it (which operations need a key, defaults, error rules). Never decides anything by itself.
 */
@NullMarked
package dev.retouch.server.document;

import org.jspecify.annotations.NullMarked;
