package dev.retouch.server.observe;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.zip.GZIPInputStream;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

import dev.retouch.server.fixture.Eventually;

/** A collector that speaks OTLP over HTTP/protobuf and over gRPC, as their specifications say, and keeps the spans that it gets. */
final class OtlpReceiver implements AutoCloseable {

    private static final int FRAME_HEADER = 5;

    private final Server server = new Server();
    private final ServerConnector connector;
    private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> resources = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();

    /** A span as it was sent, with its ids in hexadecimal and its attributes as text. */
    record ReceivedSpan(String name, String kind, String trace, String id, String parent, String state, boolean error,
            long start, long end, Map<String, String> attributes) {

        String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }
    }

    private OtlpReceiver(IntSupplier status) {
        HttpConfiguration configuration = new HttpConfiguration();
        connector = new ServerConnector(server, new HttpConnectionFactory(configuration),
                new HTTP2CServerConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws IOException {
                paths.add(request.getHttpURI().getPath());
                answer(request, response, status.getAsInt(), callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static OtlpReceiver start() {
        return new OtlpReceiver(() -> 200);
    }

    /** A collector that answers with a status, and keeps nothing unless it is 200. */
    static OtlpReceiver answering(IntSupplier status) {
        return new OtlpReceiver(status);
    }

    private void answer(Request request, Response response, int status, Callback callback) throws IOException {
        boolean grpc = String.valueOf(request.getHeaders().get("content-type")).startsWith("application/grpc");
        boolean zipped = "gzip".equals(request.getHeaders().get(grpc ? "grpc-encoding" : "content-encoding"));
        byte[] body = Request.asInputStream(request).readAllBytes();
        if (status == 200) {
            keep(ExportTraceServiceRequest.parseFrom(grpc ? message(body, zipped) : plain(body, 0, zipped)));
        }
        response.setStatus(status);
        if (grpc) {
            response.getHeaders().put("content-type", "application/grpc");
            response.setTrailersSupplier(() -> HttpFields.build().put("grpc-status", "0"));
            response.write(true, ByteBuffer.allocate(FRAME_HEADER), callback); // a frame with an empty message
        } else {
            response.getHeaders().put("content-type", "application/x-protobuf");
            response.write(true, ByteBuffer.allocate(0), callback);
        }
    }

    /** The message of a gRPC frame: a byte that says whether it is compressed, four of its length, and the message. */
    private static byte[] message(byte[] frame, boolean zipped) throws IOException {
        return plain(frame, FRAME_HEADER, zipped && frame[0] == 1);
    }

    private static byte[] plain(byte[] body, int offset, boolean zipped) throws IOException {
        byte[] content = Arrays.copyOfRange(body, offset, body.length);
        if (!zipped) {
            return content;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
            return in.readAllBytes();
        }
    }

    private void keep(ExportTraceServiceRequest request) {
        for (ResourceSpans resource : request.getResourceSpansList()) {
            resources.add(attributes(resource.getResource().getAttributesList()));
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                scope.getSpansList().forEach(span -> spans.add(received(span)));
            }
        }
    }

    private static ReceivedSpan received(Span span) {
        return new ReceivedSpan(span.getName(), span.getKind().name().replace("SPAN_KIND_", ""),
                hex(span.getTraceId().toByteArray()), hex(span.getSpanId().toByteArray()),
                hex(span.getParentSpanId().toByteArray()), span.getTraceState(), span.getStatus().getCodeValue() == 2,
                span.getStartTimeUnixNano(), span.getEndTimeUnixNano(), attributes(span.getAttributesList()));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Map<String, String> attributes(List<KeyValue> all) {
        Map<String, String> attributes = new LinkedHashMap<>();
        all.forEach(attribute -> attributes.put(attribute.getKey(), text(attribute.getValue())));
        return attributes;
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            default -> value.toString();
        };
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    /** The paths of all requests. */
    List<String> paths() {
        return paths;
    }

    List<Map<String, String>> resources() {
        return resources;
    }

    List<ReceivedSpan> spans() {
        return new ArrayList<>(spans);
    }

    /** The spans of a trace, as soon as that of its request has arrived. */
    List<ReceivedSpan> trace(String id) {
        Eventually.so("the trace " + id + " arrives",
                () -> spans.stream().anyMatch(span -> span.trace().equals(id) && span.kind().equals("SERVER")));
        return spans.stream().filter(span -> span.trace().equals(id)).toList();
    }

    static Optional<ReceivedSpan> named(List<ReceivedSpan> trace, String name) {
        return trace.stream().filter(span -> span.name().equals(name)).findFirst();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
