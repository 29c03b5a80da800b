package dev.retouch.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
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
import dev.retouch.server.contract.model.CatalogInUseDto;
import dev.retouch.server.contract.model.CatalogVersionDto;
import dev.retouch.server.contract.model.CatalogVersionList;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.settings.ConfigurationException;

/** Maps the documents of a kind between the API and {@link CatalogService}. */
final class CatalogMapper {

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
     * @param entries the entries by name; null if the request has none
     */
    Response replace(@Nullable Map<String, ?> entries, @Nullable String note) {
        if (entries == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, kind.word());
        }
        String text = AdminMapper.note(note);
        ObjectNode document = mapper.valueToTree(new LinkedHashMap<>(entries));
        return Response.ok(document(valid(() -> service.replace(kind, document, text)))).build();
    }

    Response list() {
        CatalogInUse used = service.inUse(kind);
        CatalogVersionList list = new CatalogVersionList()._object(CatalogVersionList.ObjectEnum.LIST)
                .inUse(new CatalogInUseDto().version(used.version())
                        .source(used.version() == 0
                                ? CatalogInUseDto.SourceEnum.FILE
                                : CatalogInUseDto.SourceEnum.DATABASE)
                        .document(mapper.convertValue(used.document(), ENTRIES)));
        return Response.ok(list.data(service.versions(kind).stream().map(this::document).toList())).build();
    }

    Response get(String version) {
        return service.version(kind, number(version)).map(found -> Response.ok(document(found)).build())
                .orElseThrow(() -> missing(version));
    }

    Response restore(String version) {
        long number = number(version);
        return valid(() -> service.restore(kind, number)).map(added -> Response.ok(document(added)).build())
                .orElseThrow(() -> missing(version));
    }

    private <T> T valid(Supplier<T> change) {
        try {
            return change.get();
        } catch (ConfigurationException e) {
            throw AdminMapper.wrong(kind.word(), String.valueOf(e.getMessage()));
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
