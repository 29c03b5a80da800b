package dev.retouch.contract;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** The parts of {@code info.version} that announce incompatible changes. */
record ContractVersion(int major, int minor) {

    private static final Pattern SEMANTIC = Pattern.compile("(\\d+)\\.(\\d+)\\.\\d+(-.+)?");

    static ContractVersion of(JsonNode document) {
        String version = document.at("/info/version").asText();
        Matcher matcher = SEMANTIC.matcher(version);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("info.version is '" + version + "', not a version like 1.2.3");
        }
        return new ContractVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Whether this one announces differences that break clients of the older one. Below 1.0 a minor version does. */
    boolean mayBreak(ContractVersion older) {
        return major > older.major || (major == 0 && older.major == 0 && minor > older.minor);
    }
}
