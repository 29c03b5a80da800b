package dev.retouch.server.fetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.eclipse.jetty.http.HttpHeader;

import dev.retouch.server.fetch.PinnedClient.Answer;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;

/** Downloads one image from its URL into the spool. */
final class Download {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int BUFFER = 16 * 1024;
    private static final int MAGIC_BYTES = 12;

    private final FetchSettings policy;
    private final HostPolicy hosts;
    private final PinnedClient client;
    private final Spool spool;

    Download(FetchSettings policy, HostPolicy hosts, PinnedClient client, Spool spool) {
        this.policy = policy;
        this.hosts = hosts;
        this.client = client;
        this.spool = spool;
    }

    /**
     * Downloads an image; the target of every redirect passes the same checks as the URL.
     *
     * @param key whose part of the DNS lookups is used
     */
    ImageBytes fetch(ImageUrl start, long maxBytes, String key) throws FetchException, InterruptedException {
        Deadline deadline = Deadline.in(policy.timeout());
        ImageUrl url = start;
        for (int redirects = 0; redirects <= policy.maxRedirects(); redirects++) {
            List<InetAddress> checked = hosts.addresses(url, deadline, key);
            try (Answer answer = client.get(url, checked, deadline)) {
                if (!REDIRECTS.contains(answer.status())) {
                    return receive(answer, maxBytes);
                }
                url = url.redirect(answer.header(HttpHeader.LOCATION)
                        .orElseThrow(() -> FetchException.failed("its host redirects, but does not say where to")));
            }
        }
        throw FetchException.failed("it redirects more than " + policy.maxRedirects() + " times");
    }

    private ImageBytes receive(Answer answer, long maxBytes) throws FetchException, InterruptedException {
        if (answer.status() != 200) {
            throw FetchException.failed("its host answered with status " + answer.status());
        }
        boolean compressed = answer.header(HttpHeader.CONTENT_ENCODING)
                .filter(encoding -> !encoding.equalsIgnoreCase("identity")).isPresent();
        if (compressed) {
            throw FetchException.failed("its host sent it compressed without being asked to");
        }
        if (answer.announcedLength() > maxBytes) {
            throw tooLarge(maxBytes);
        }
        try (Spool.Writer writer = spool.newWriter()) {
            byte[] buffer = new byte[BUFFER];
            int head = readHead(answer, buffer);
            if (ImageFormat.byMagic(Arrays.copyOf(buffer, Math.min(head, MAGIC_BYTES))).isEmpty()) {
                throw FetchException.failed("it is not a png, jpeg or webp image");
            }
            for (int count = head; count >= 0; count = answer.read(buffer, 0)) {
                if (writer.size() + count > maxBytes) {
                    throw tooLarge(maxBytes);
                }
                writer.write(buffer, 0, count);
            }
            return writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a failure of the spool; network failures are FetchExceptions
        }
    }

    /** Reads until the first bytes identify a format, or the body ends. */
    private static int readHead(Answer answer, byte[] buffer) throws FetchException, InterruptedException {
        int head = 0;
        while (head < MAGIC_BYTES) {
            int count = answer.read(buffer, head);
            if (count < 0) {
                break;
            }
            head += count;
        }
        return head;
    }

    private static FetchException tooLarge(long maxBytes) {
        return FetchException.failed("it is larger than " + maxBytes + " bytes");
    }
}
