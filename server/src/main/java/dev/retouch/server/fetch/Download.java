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

/** The way of one image from its URL into the spool. */
final class Download {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int BUFFER = 16 * 1024;
    private static final int MAGIC_BYTES = 12;

    private final FetchPolicy policy;
    private final HostCheck hosts;
    private final PinnedClient client;
    private final Spool spool;

    Download(FetchPolicy policy, HostCheck hosts, PinnedClient client, Spool spool) {
        this.policy = policy;
        this.hosts = hosts;
        this.client = client;
        this.spool = spool;
    }

    /** Fetches; every hop goes through the same checks as the first. */
    ImageBytes fetch(ImageUrl start, long mostBytes) throws FetchException, InterruptedException {
        Deadline deadline = Deadline.in(policy.timeout());
        ImageUrl url = start;
        for (int redirects = 0; redirects <= policy.mostRedirects(); redirects++) {
            List<InetAddress> checked = hosts.addresses(url, deadline);
            try (Answer answer = client.get(url, checked, deadline)) {
                if (!REDIRECTS.contains(answer.status())) {
                    return receive(answer, mostBytes);
                }
                url = url.redirect(answer.header(HttpHeader.LOCATION)
                        .orElseThrow(() -> FetchException.failed("its host redirects, but does not say where to")));
            }
        }
        throw FetchException.failed("it redirects more than " + policy.mostRedirects() + " times");
    }

    private ImageBytes receive(Answer answer, long mostBytes) throws FetchException, InterruptedException {
        if (answer.status() != 200) {
            throw FetchException.failed("its host answered with status " + answer.status());
        }
        boolean compressed = answer.header(HttpHeader.CONTENT_ENCODING)
                .filter(encoding -> !encoding.equalsIgnoreCase("identity")).isPresent();
        if (compressed) {
            throw FetchException.failed("its host sent it compressed without being asked to");
        }
        if (answer.announcedLength() > mostBytes) {
            throw tooLarge(mostBytes);
        }
        try (Spool.Writer writer = spool.newWriter()) {
            byte[] buffer = new byte[BUFFER];
            int head = readHead(answer, buffer);
            if (ImageFormat.byMagic(Arrays.copyOf(buffer, Math.min(head, MAGIC_BYTES))).isEmpty()) {
                throw FetchException.failed("it is not a png, jpeg or webp image");
            }
            for (int count = head; count >= 0; count = answer.read(buffer, 0)) {
                if (writer.size() + count > mostBytes) {
                    throw tooLarge(mostBytes);
                }
                writer.write(buffer, 0, count);
            }
            return writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the spool's: the network's are FetchExceptions
        }
    }

    /** Reads until the first bytes tell a format, or the body is over. */
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

    private static FetchException tooLarge(long mostBytes) {
        return FetchException.failed("it is larger than " + mostBytes + " bytes");
    }
}
