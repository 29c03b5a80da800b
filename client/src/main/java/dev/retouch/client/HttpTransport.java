package dev.retouch.client;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.GenericType;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.glassfish.jersey.apache5.connector.Apache5ClientProperties;
import org.glassfish.jersey.apache5.connector.Apache5ConnectorProvider;
import org.glassfish.jersey.apache5.connector.Apache5HttpClientBuilderConfigurator;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.ClientProperties;
import org.glassfish.jersey.client.RequestEntityProcessing;
import org.glassfish.jersey.media.multipart.Boundary;
import org.glassfish.jersey.media.multipart.MultiPart;
import org.jspecify.annotations.Nullable;

import dev.retouch.client.invoker.ApiClient;
import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.invoker.auth.HttpBearerAuth;
import dev.retouch.client.model.ImageEditJson;
import dev.retouch.client.model.SvgReasoning;
import dev.retouch.client.model.SvgSettings;

/**
 * Sends requests for the generated {@link ApiClient}, with what images require:
 * <ul>
 * <li>bodies are sent in chunks as they are read, without a buffer for the whole body;
 * <li>parts of a form have the headers of the official SDKs;
 * <li>responses are parsed while they arrive, with base64 strings of any length;
 * <li>the transport is Apache's, because the JDK's discards the body of a 401 to a chunked request, which names the problem of the
 * key. Its retries, redirects and cookies are off;
 * <li>a response can be left open, for streams and for images that are written directly into files.
 * </ul>
 */
final class HttpTransport extends ApiClient {

    private static final String EDITS = "/v1/images/edits";
    private static final String[] BY_KEY = {"bearer"};
    /** The body size from which {@code Expect: 100-continue} is sent, so that a wrong key does not cost an upload. */
    private static final long ASK_FIRST_BYTES = 1024L * 1024;
    /** The maximum number of connections. The effective limits are those of the gateway. */
    private static final int MAX_CONNECTIONS = 1024;

    private final ExceptionFactory failures;

    HttpTransport(RetouchClient.Builder settings, String key) {
        setBasePath(settings.baseUrl());
        setConnectTimeout(Math.toIntExact(settings.connectTimeout().toMillis()));
        setReadTimeout(Math.toIntExact(settings.readTimeout().toMillis()));
        setUserAgent("retouch-java/" + version());
        if (getAuthentication(BY_KEY[0]) instanceof HttpBearerAuth bearer) {
            bearer.setBearerToken(key);
        }
        ObjectMapper json = getJSON().getMapper();
        json.getFactory().setStreamReadConstraints(
                StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
        this.failures = new ExceptionFactory(json);
    }

    ExceptionFactory failures() {
        return failures;
    }

    /** Sends an edit, as a form if its images are files and as JSON if they are URLs. */
    RawResponse edit(ImageEdit given, boolean streaming) {
        ImageEdit edit = streaming ? given.streaming() : given;
        String accept = streaming ? MediaType.SERVER_SENT_EVENTS : MediaType.APPLICATION_JSON;
        try {
            Entity<?> body = edit.isOfFiles()
                    ? serialize(null, form(edit), MediaType.MULTIPART_FORM_DATA, false)
                    : serialize(edit.fields(), Map.of(), MediaType.APPLICATION_JSON, false);
            Invocation.Builder request = request(URI.create(getBasePath() + EDITS), true).accept(accept);
            edit.idempotencyKey().ifPresent(key -> request.header("Idempotency-Key", key));
            return opened(sendRequest("POST", request, body));
        } catch (ApiException refused) {
            throw failures.of(refused);
        } catch (ProcessingException broken) {
            throw failures.of(broken);
        }
    }

    /** Downloads an image by URL, from any host. A signed URL authorizes the request, so the API key is not sent. */
    RawResponse fetch(URI link) {
        URI address = URI.create(getBasePath() + "/").resolve(link);
        try {
            return opened(request(address, false).property(ClientProperties.FOLLOW_REDIRECTS, true).get());
        } catch (ApiException refused) {
            throw failures.of(refused);
        } catch (ProcessingException broken) {
            throw failures.of(broken);
        }
    }

    @Override
    public ClientConfig getDefaultClientConfig() {
        ClientConfig config = super.getDefaultClientConfig();
        config.connectorProvider(new Apache5ConnectorProvider());
        config.property(ClientProperties.REQUEST_ENTITY_PROCESSING, RequestEntityProcessing.CHUNKED);
        config.property(ClientProperties.FOLLOW_REDIRECTS, false);
        // an edit must not be sent twice, so stale connections are detected before
        config.property(Apache5ClientProperties.CONNECTION_MANAGER,
                PoolingHttpClientConnectionManagerBuilder.create().setMaxConnTotal(MAX_CONNECTIONS)
                        .setMaxConnPerRoute(MAX_CONNECTIONS).setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build())
                        .build());
        config.register((Apache5HttpClientBuilderConfigurator) apache -> apache.disableAutomaticRetries()
                .disableCookieManagement().disableAuthCaching().disableContentCompression());
        return config;
    }

    @Override
    public Entity<?> serialize(@Nullable Object body, Map<String, Object> form, String contentType, boolean nullable)
            throws ApiException {
        Entity<?> entity = super.serialize(body, form, contentType, nullable);
        if (entity.getEntity() instanceof MultiPart multipart) {
            // the transport writes the headers before the body, so the boundary is chosen here
            return Entity.entity(multipart, Boundary.addBoundary(MediaType.MULTIPART_FORM_DATA_TYPE));
        }
        return entity;
    }

    @Override
    protected void addParamToMultipart(Object value, String name, MultiPart form) {
        form.bodyPart(value instanceof File file
                ? FormParts.file(name, file.toPath())
                : FormParts.text(name, parameterToString(value)));
    }

    @Override
    protected Response sendRequest(String method, Invocation.Builder request, Entity<?> body) {
        if (body.getEntity() instanceof MultiPart form) {
            // Jersey's writer would add it after the transport has sent the headers, and log a warning
            request.header("MIME-Version", "1.0");
            if (FormParts.bytesOf(form) >= ASK_FIRST_BYTES) {
                request.header(HttpHeaders.EXPECT, "100-continue");
            }
        }
        return super.sendRequest(method, request, body);
    }

    @Override
    public <T> T deserialize(Response answer, GenericType<T> type) throws ApiException {
        if (type == null || type.getRawType() == File.class) {
            return super.deserialize(answer, type);
        }
        ObjectMapper json = getJSON().getMapper();
        try (InputStream body = answer.readEntity(InputStream.class)) {
            return json.readValue(body, json.constructType(type.getType()));
        } catch (IOException cut) {
            throw new ProcessingException(cut);
        }
    }

    private RawResponse opened(Response response) {
        if (response.getStatusInfo().getFamily() != Response.Status.Family.SUCCESSFUL) {
            try (response) {
                throw failures.of(response);
            }
        }
        return new RawResponse(response, getJSON().getMapper(), failures);
    }

    private Invocation.Builder request(URI address, boolean withKey) throws ApiException {
        Map<String, String> headers = new HashMap<>(defaultHeaderMap);
        if (withKey) {
            updateParamsForAuth(BY_KEY, new ArrayList<>(), headers, new HashMap<>(), "", "POST", address);
        }
        Invocation.Builder request = getHttpClient().target(address).request();
        headers.forEach(request::header);
        return request;
    }

    private static Map<String, Object> form(ImageEdit edit) {
        List<File> images = edit.files().stream().map(path -> path.toFile()).toList();
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(images.size() == 1 ? "image" : "image[]", images);
        edit.maskFile().ifPresent(mask -> form.put(ImageEditJson.JSON_PROPERTY_MASK, mask.toFile()));
        edit.markupFile().ifPresent(markup -> form.put(ImageEditJson.JSON_PROPERTY_MARKUP, markup.toFile()));
        edit.fields().forEach((name, value) -> {
            if (value instanceof SvgSettings svg) {
                putIfGiven(form, "svg[model]", svg.getModel());
                SvgReasoning reasoning = svg.getReasoning();
                putIfGiven(form, "svg[reasoning][effort]", reasoning == null ? null : reasoning.getEffort());
            } else {
                form.put(name, value);
            }
        });
        return form;
    }

    private static void putIfGiven(Map<String, Object> form, String name, @Nullable Object value) {
        if (value != null) {
            form.put(name, value);
        }
    }

    private static String version() {
        String version = HttpTransport.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
