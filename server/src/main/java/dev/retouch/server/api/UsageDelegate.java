package dev.retouch.server.api;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.LedgerEdit;
import dev.retouch.server.billing.UsageRepository;
import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.billing.UsageRepository.Filter;
import dev.retouch.server.billing.UsageRepository.Row;
import dev.retouch.server.contract.UsageApiService;
import dev.retouch.server.contract.model.UsageReportDto;
import dev.retouch.server.contract.model.UsageRow;

/** Implements {@code GET /v1/usage} for the key of the request, and {@code GET /admin/v1/usage} for all keys. */
public final class UsageDelegate implements UsageApiService {

    private static final MediaType CSV = new MediaType("text", "csv", "utf-8");
    private static final int DAYS = 30;
    private static final int MAX_DAYS = 366;
    private static final Set<Dimension> OWN = EnumSet.of(Dimension.DAY, Dimension.MODEL);

    private final UsageRepository report;
    private final String currency;
    private final Clock clock;

    public UsageDelegate(UsageRepository report, String currency, Clock clock) {
        this.report = report;
        this.currency = currency;
        this.clock = clock;
    }

    /** First and last day of a report, both inclusive. */
    private record Days(LocalDate start, LocalDate end) {

        Filter filter(@Nullable String key, @Nullable String group) {
            return new Filter(key, group, start.atStartOfDay(ZoneOffset.UTC).toInstant(),
                    end.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        }
    }

    @Override
    public Response getUsage(@Nullable String start, @Nullable String end, @Nullable String groupBy,
            @Nullable String requestId, ContainerRequestContext request) {
        String account = AuthenticationFilter.principalOf(request).key().rootKeyId();
        String id = ListParameters.given(requestId);
        return id == null
                ? answer(days(start, end), account, null, dimensions(groupBy, OWN), request)
                : ofOneEdit(report.edit(id, account), request);
    }

    /** The report of one edit: its own figures, and a row and a total that count nothing else. */
    private Response ofOneEdit(Optional<LedgerEdit> edit, ContainerRequestContext request) {
        List<Row> rows = edit.map(UsageRepository::row).stream().toList();
        Set<Dimension> by = OWN;
        if (asksForCsv(request)) {
            return csv(rows, by);
        }
        LocalDate day = LocalDate.ofInstant(edit.map(LedgerEdit::created).orElseGet(clock::instant), ZoneOffset.UTC);
        return Response.ok(document(rows, new Days(day, day))
                .total(edit.map(UsageRepository::total).map(UsageMapper::document).orElseGet(UsageMapper::nothing))
                .edits(edit.map(UsageMapper::document).stream().toList())).type(MediaType.APPLICATION_JSON_TYPE)
                .build();
    }

    @Override
    public Response getAllUsage(@Nullable String start, @Nullable String end, @Nullable String key,
            @Nullable String group, @Nullable String groupBy, ContainerRequestContext request) {
        return answer(days(start, end), ListParameters.given(key), ListParameters.given(group),
                dimensions(groupBy, EnumSet.allOf(Dimension.class)),
                request);
    }

    private Response answer(Days days, @Nullable String key, @Nullable String group, Set<Dimension> by,
            ContainerRequestContext request) {
        Filter filter = days.filter(key, group);
        List<Row> rows = report.usage(filter, by);
        if (asksForCsv(request)) {
            return csv(rows, by);
        }
        UsageRow total = report.usage(filter, Set.of()).stream().findFirst().map(UsageMapper::document)
                .orElseGet(UsageMapper::nothing);
        return Response.ok(document(rows, days).total(total)).type(MediaType.APPLICATION_JSON_TYPE).build();
    }

    private UsageReportDto document(List<Row> rows, Days days) {
        return new UsageReportDto()
                ._object(UsageReportDto.ObjectEnum.USAGE).start(days.start())
                .end(days.end()).currency(currency).data(rows.stream().map(UsageMapper::document).toList());
    }

    private static boolean asksForCsv(ContainerRequestContext request) {
        return request.getAcceptableMediaTypes().stream()
                .filter(type -> type.isCompatible(CSV) || type.isCompatible(MediaType.APPLICATION_JSON_TYPE))
                .findFirst().filter(type -> !type.isCompatible(MediaType.APPLICATION_JSON_TYPE)).isPresent();
    }

    private static Response csv(List<Row> rows, Set<Dimension> by) {
        return Response.ok(UsageMapper.csv(rows, by), CSV)
                .header("content-disposition", "attachment; filename=\"usage.csv\"").build();
    }

    private Days days(@Nullable String start, @Nullable String end) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate last = day("end", end, today);
        LocalDate first = day("start", start, last.minusDays(DAYS));
        if (first.isAfter(last)) {
            throw ListParameters.wrong("start", "it is after the end");
        }
        if (first.plusDays(MAX_DAYS).compareTo(last) <= 0) {
            throw ListParameters.wrong("start",
                    "a report has at most " + MAX_DAYS + " days; ask for an earlier end or a later start");
        }
        return new Days(first, last);
    }

    private static LocalDate day(String name, @Nullable String text, LocalDate otherwise) {
        String given = ListParameters.given(text);
        if (given == null) {
            return otherwise;
        }
        try {
            LocalDate day = LocalDate.parse(given);
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeException e) {
            throw ListParameters.wrong(name, "it must be a day such as 2026-11-21");
        }
        throw ListParameters.wrong(name, "it must be a day from 1970 to 9999");
    }

    private static Set<Dimension> dimensions(@Nullable String text, Set<Dimension> possible) {
        String given = ListParameters.given(text);
        if (given == null) {
            return possible;
        }
        Set<Dimension> chosen = EnumSet.noneOf(Dimension.class);
        for (String word : given.split(",")) {
            chosen.add(possible.stream().filter(known -> name(known).equals(word.strip())).findFirst()
                    .orElseThrow(() -> ListParameters.wrong("group_by", "it takes "
                            + possible.stream().map(UsageDelegate::name).collect(Collectors.joining(", "))
                            + ", separated by commas")));
        }
        return chosen;
    }

    static String name(Dimension dimension) {
        return dimension.name().toLowerCase(Locale.ROOT);
    }
}
