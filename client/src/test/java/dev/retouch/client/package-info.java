@NullMarked
package dev.retouch.client;

import org.jspecify.annotations.NullMarked;
