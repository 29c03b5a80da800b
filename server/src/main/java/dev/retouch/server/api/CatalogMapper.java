package dev.retouch.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.catalog.CatalogInUse;
import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.catalog.CatalogVersion;
import dev.retouch.server.catalog.VersionChangedException;
import dev.retouch.server.contract.model.CatalogInUseDto;
import dev.retouch.server.contract.model.CatalogVersionDto;
import dev.retouch.server.contract.model.CatalogVersionList;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.settings.ConfigurationException;

/** Maps the documents of a kind between the API and {@link CatalogService}. */
final class CatalogMapper {

    private static final String E_TAG = "etag";
    private static final TypeReference<Map<String, Object>> ENTRIES = new TypeReference<>() {
    };

    private final CatalogService service;
    private final CatalogKind kind;
    private final ObjectMapper mapper = new ObjectMapper();

    CatalogMapper(CatalogService service, CatalogKind kind) {
        this.service = service;
        this.kind = kind;
    }

    /**
     * Stores a document.
     *
     * @param entries the entries by name, or rules by section; null if the request has none
     * @param ifMatch the header {@code If-Match}; null if the request has none
     */
    Response replace(@Nullable Map<String, ?> entries, @Nullable String note, @Nullable String ifMatch) {
        if (entries == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, kind.word());
        }
        String text = AdminMapper.note(note);
        ObjectNode document = mapper.valueToTree(new LinkedHashMap<>(entries));
        LongPredicate replaceable = IfMatchHeader.versions(ifMatch);
        return tagged(valid(() -> service.replace(kind, document, text, replaceable)));
    }

    Response list() {
        CatalogInUse used = service.inUse(kind);
        CatalogVersionList list = new CatalogVersionList()._object(CatalogVersionList.ObjectEnum.LIST)
                .inUse(new CatalogInUseDto().version(used.version())
                        .source(used.version() == 0
                                ? CatalogInUseDto.SourceEnum.FILE
                                : CatalogInUseDto.SourceEnum.DATABASE)
                        .document(mapper.convertValue(used.document(), ENTRIES)));
        return Response.ok(list.data(service.versions(kind).stream().map(this::document).toList()))
                .header(E_TAG, IfMatchHeader.entityTag(used.stored())).build();
    }

    Response get(String version) {
        return service.version(kind, number(version)).map(this::tagged).orElseThrow(() -> missing(version));
    }

    /**
     * Repeats a version.
     *
     * @param ifMatch the header {@code If-Match}; null if the request has none
     */
    Response restore(String version, @Nullable String ifMatch) {
        long number = number(version);
        LongPredicate replaceable = IfMatchHeader.versions(ifMatch);
        return valid(() -> service.restore(kind, number, replaceable)).map(this::tagged)
                .orElseThrow(() -> missing(version));
    }

    private Response tagged(CatalogVersion version) {
        return Response.ok(document(version)).header(E_TAG, IfMatchHeader.entityTag(version.version())).build();
    }

    private <T> T valid(Supplier<T> change) {
        try {
            return change.get();
        } catch (ConfigurationException e) {
            throw AdminMapper.wrong(kind.word(), String.valueOf(e.getMessage()));
        } catch (VersionChangedException e) {
            throw new ApiException(ErrorMessage.CATALOG_VERSION_HAS_CHANGED).withArgument("kind", kind.word())
                    .withArgument("version", e.newest())
                    .withHeaders(Map.of(E_TAG, IfMatchHeader.entityTag(e.newest())));
        }
    }

    private long number(String version) {
        if (!version.matches("[0-9]{1,15}")) {
            throw missing(version);
        }
        return Long.parseLong(version);
    }

    private ApiException missing(String version) {
        return new ApiException(ErrorMessage.CATALOG_VERSION_DOES_NOT_EXIST).withArgument("kind", kind.word())
                .withArgument("version", version);
    }

    private CatalogVersionDto document(CatalogVersion version) {
        return new CatalogVersionDto()._object(CatalogVersionDto.ObjectEnum.CATALOG_VERSION)
                .kind(CatalogVersionDto.KindEnum.fromValue(kind.word())).version(version.version())
                .createdAt(version.createdAt().getEpochSecond()).restoredFrom(version.restoredFrom())
                .note(version.note()).document(entries(version.document()));
    }

    private @Nullable Map<String, Object> entries(@Nullable String document) {
        try {
            return document == null ? null : mapper.readValue(document, ENTRIES);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored document is not JSON", e);
        }
    }
}
