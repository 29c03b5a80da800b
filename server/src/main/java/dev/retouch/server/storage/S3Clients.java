package dev.retouch.server.storage;

import java.net.URI;
import java.time.Duration;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Creates the clients of the SDK from settings, in a form that all S3-compatible stores understand. */
final class S3Clients {

    private static final int MAX_ATTEMPTS = 3;

    private S3Clients() {}

    /** A client with a bound for the time and the number of attempts of every request. */
    static S3Client client(S3Settings settings) {
        Duration attempt = settings.timeout().dividedBy(2);
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(settings.connectTimeout())
                        .socketTimeout(attempt))
                .credentialsProvider(credentials()).serviceConfiguration(configuration(settings))
                .overrideConfiguration(calls -> calls.apiCallTimeout(settings.timeout())
                        .retryStrategy(StandardRetryStrategy.builder().maxAttempts(MAX_ATTEMPTS).build()));
        URI endpoint = settings.endpoint();
        if (endpoint != null) {
            // checksums in trailers are an extension of AWS
            builder.endpointOverride(endpoint).requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        String region = settings.region();
        if (region != null) {
            builder.region(Region.of(region));
        }
        return builder.build();
    }

    /** What signs URLs. */
    static S3Presigner presigner(S3Settings settings) {
        S3Presigner.Builder builder = S3Presigner.builder().credentialsProvider(credentials())
                .serviceConfiguration(configuration(settings));
        URI endpoint = settings.endpoint();
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        String region = settings.region();
        if (region != null) {
            builder.region(Region.of(region));
        }
        return builder.build();
    }

    /** The chain of the SDK: system properties, variables, web identity, profile, container, instance. */
    private static AwsCredentialsProvider credentials() {
        return DefaultCredentialsProvider.builder().build();
    }

    private static S3Configuration configuration(S3Settings settings) {
        return S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle()).chunkedEncodingEnabled(false)
                .build();
    }
}
