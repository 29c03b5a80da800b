package dev.retouch.server.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Rejects requests without a path, such as CONNECT, and passes a path in another than its canonical spelling to the API, which answers
 * 404. So {@code /files/..} is not the landing page.
 */
final class PathGuardHandler extends Handler.Wrapper {

    private final Handler api;

    /**
     * Creates the guard.
     *
     * @param routes handler of canonical paths
     * @param api handler of other spellings; a part of the routes, which start and stop it
     */
    PathGuardHandler(Handler routes, Handler api) {
        super(routes);
        this.api = api;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpURI uri = request.getHttpURI();
        String path = uri.getPath();
        if (path == null || path.isEmpty() || HttpMethod.CONNECT.is(request.getMethod())) {
            if (!ClientProbe.isHttp2(request)) {
                // Jetty reads nothing more after a CONNECT, and would not notice that the client disconnects
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
            return true;
        }
        return path.equals(uri.getCanonicalPath())
                ? super.handle(request, response, callback)
                : api.handle(request, response, callback);
    }
}
