package dev.retouch.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sets the security headers of pages: only scripts of the gateway run, browsers do not guess types, and no other page
 * may frame them, because users type API keys into them. Images may come from any host, because hosted images have the
 * host of {@code public-url}.
 */
final class PageHeadersHandler extends Handler.Wrapper {

    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    private final String policy;

    PageHeadersHandler(String policy, Handler page) {
        super(page);
        this.policy = policy;
    }

    /** Returns the content security policy for pages with these texts; their inline scripts are allowed by hash. */
    static String policy(List<String> pages) {
        Set<String> scripts = new LinkedHashSet<>();
        for (String page : pages) {
            for (Matcher script = INLINE_SCRIPT.matcher(page); script.find();) {
                scripts.add(" 'sha256-" + hash(script.group(1)) + "'");
            }
        }
        return "default-src 'self'; script-src 'self'" + String.join("", scripts)
                + "; img-src 'self' blob: data: https: http:; object-src 'none'; base-uri 'none'; form-action 'self'"
                + "; frame-ancestors 'none'";
    }

    private static String hash(String script) {
        try {
            return Base64.getEncoder().encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("content-security-policy", policy);
        response.getHeaders().put("x-content-type-options", "nosniff");
        response.getHeaders().put("referrer-policy", "no-referrer");
        return super.handle(request, response, callback);
    }
}
