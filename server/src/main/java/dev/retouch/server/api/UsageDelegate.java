package dev.retouch.server.api;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.UsageReport;
import dev.retouch.server.billing.UsageReport.Dimension;
import dev.retouch.server.billing.UsageReport.Filter;
import dev.retouch.server.billing.UsageReport.Row;
import dev.retouch.server.contract.UsageApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.UsageRow;
import dev.retouch.server.error.ApiException;

/** {@code GET /v1/usage} for the caller's key, and {@code GET /admin/v1/usage} for all of them. */
public final class UsageDelegate implements UsageApiService {

    private static final MediaType CSV = new MediaType("text", "csv", "utf-8");
    private static final int DAYS = 30;
    private static final Set<Dimension> OWN = EnumSet.of(Dimension.DAY, Dimension.MODEL);

    private final UsageReport report;
    private final String currency;
    private final Clock clock;

    /** Reports what this one finds. */
    public UsageDelegate(UsageReport report, String currency, Clock clock) {
        this.report = report;
        this.currency = currency;
        this.clock = clock;
    }

    /** The days that a question is about, both included. */
    private record Days(LocalDate start, LocalDate end) {

        Filter filter(@Nullable String key, @Nullable String group) {
            return new Filter(key, group, start.atStartOfDay(ZoneOffset.UTC).toInstant(),
                    end.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        }
    }

    @Override
    public Response getUsage(@Nullable String start, @Nullable String end, @Nullable String groupBy,
            ContainerRequestContext request) {
        return answer(days(start, end), Doorkeeper.callerOf(request).key().account(), null, dimensions(groupBy, OWN),
                request);
    }

    @Override
    public Response getAllUsage(@Nullable String start, @Nullable String end, @Nullable String key,
            @Nullable String group, @Nullable String groupBy, ContainerRequestContext request) {
        return answer(days(start, end), given(key), given(group), dimensions(groupBy, EnumSet.allOf(Dimension.class)),
                request);
    }

    private Response answer(Days days, @Nullable String key, @Nullable String group, Set<Dimension> by,
            ContainerRequestContext request) {
        Filter filter = days.filter(key, group);
        List<Row> rows = report.usage(filter, by);
        boolean csv = request.getAcceptableMediaTypes().stream()
                .filter(type -> type.isCompatible(CSV) || type.isCompatible(MediaType.APPLICATION_JSON_TYPE))
                .findFirst().filter(type -> !type.isCompatible(MediaType.APPLICATION_JSON_TYPE)).isPresent();
        if (csv) {
            return Response.ok(UsageTable.csv(rows, by), CSV)
                    .header("content-disposition", "attachment; filename=\"usage.csv\"").build();
        }
        UsageRow total = report.usage(filter, Set.of()).stream().findFirst().map(UsageTable::document)
                .orElseGet(UsageTable::nothing);
        return Response.ok(new dev.retouch.server.contract.model.UsageReport()
                ._object(dev.retouch.server.contract.model.UsageReport.ObjectEnum.USAGE).start(days.start())
                .end(days.end()).currency(currency).data(rows.stream().map(UsageTable::document).toList())
                .total(total)).type(MediaType.APPLICATION_JSON_TYPE).build();
    }

    private Days days(@Nullable String start, @Nullable String end) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate last = day("end", end, today);
        LocalDate first = day("start", start, last.minusDays(DAYS));
        if (first.isAfter(last)) {
            throw wrong("start", "it is after the end");
        }
        return new Days(first, last);
    }

    private static LocalDate day(String name, @Nullable String text, LocalDate otherwise) {
        if (given(text) == null) {
            return otherwise;
        }
        try {
            LocalDate day = LocalDate.parse(String.valueOf(text));
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeException e) {
            throw wrong(name, "it must be a day such as 2026-11-21");
        }
        throw wrong(name, "it must be a day from 1970 to 9999");
    }

    private static Set<Dimension> dimensions(@Nullable String text, Set<Dimension> possible) {
        if (given(text) == null) {
            return possible;
        }
        Set<Dimension> chosen = EnumSet.noneOf(Dimension.class);
        for (String word : String.valueOf(text).split(",")) {
            chosen.add(possible.stream().filter(known -> name(known).equals(word.strip())).findFirst()
                    .orElseThrow(() -> wrong("group_by", "it takes "
                            + possible.stream().map(UsageDelegate::name).collect(Collectors.joining(", "))
                            + ", separated by commas")));
        }
        return chosen;
    }

    static String name(Dimension dimension) {
        return dimension.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String given(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static ApiException wrong(String name, String reason) {
        return new ApiException(ErrorMessage.VALUE_IS_INVALID, name).with("reason", reason);
    }
}
