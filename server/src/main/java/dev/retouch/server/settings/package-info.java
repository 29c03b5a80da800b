/**
 * Reads and checks settings of any file: {@link dev.retouch.server.settings.SettingsFile} reads YAML into records and names the file,
 * line and nearest known name if a setting is wrong. Durations and byte sizes have their readers here.
 *
 * <p>A leaf: knows no feature of the gateway. The settings themselves are records in the packages that use them and in {@code config}.
 */
@NullMarked
package dev.retouch.server.settings;

import org.jspecify.annotations.NullMarked;
