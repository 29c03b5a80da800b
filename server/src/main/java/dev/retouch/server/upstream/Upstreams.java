package dev.retouch.server.upstream;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** The upstreams by their names. A group names the ones that serve it; one that names none is served by the first. */
public final class Upstreams {

    private final Map<String, Upstream> byName;

    /** These upstreams, the default first. */
    public Upstreams(Map<String, Upstream> byName) {
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("no upstream");
        }
        this.byName = new LinkedHashMap<>(byName);
    }

    /** Their names, the default first. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** The name of the upstream that serves whoever names these; one that is configured no more is passed over. */
    public String chosen(List<String> wanted) {
        if (wanted.isEmpty()) {
            return byName.keySet().iterator().next();
        }
        return wanted.stream().filter(byName::containsKey).findFirst()
                .orElseThrow(() -> new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE));
    }

    /** The upstream of that name. */
    public Upstream named(String name) {
        Upstream upstream = byName.get(name);
        if (upstream == null) {
            throw new IllegalArgumentException("no upstream " + name);
        }
        return upstream;
    }
}
