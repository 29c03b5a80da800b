package dev.retouch.server.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Resolves only scripted names, and may answer differently each time, as a rebinding name server does. */
final class ScriptedResolver implements DnsResolver {

    private final Map<String, Queue<List<InetAddress>>> answers = new ConcurrentHashMap<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile Consumer<String> whenAsked = host -> {};

    /** The next answer for a name; the last one is given again and again. */
    ScriptedResolver answer(String host, String... addresses) {
        answers.computeIfAbsent(host, name -> new ConcurrentLinkedQueue<>())
                .add(Stream.of(addresses).map(InetAddress::ofLiteral).toList());
        return this;
    }

    /** What happens before each answer. */
    void onAsked(Consumer<String> event) {
        whenAsked = event;
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        asked.add(host);
        whenAsked.accept(host);
        Queue<List<InetAddress>> script = answers.get(host);
        List<InetAddress> answer = script == null ? null : script.size() > 1 ? script.poll() : script.peek();
        if (answer == null) {
            throw new UnknownHostException(host);
        }
        return answer;
    }

    /** Every name that was looked up, in order. */
    List<String> asked() {
        return List.copyOf(asked);
    }
}
