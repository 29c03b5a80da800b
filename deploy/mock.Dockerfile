# The image of the mock upstream, for tests and for the profile mock of compose.yaml. Arguments as in Dockerfile.
ARG DISTRIBUTION=build
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG BASE_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN mvn -q -B -ntp package -pl mock-upstream -am -Dmaven.test.skip=true -Dspotless.check.skip=true

FROM scratch AS prebuilt
COPY mock-upstream/target/mock-upstream /build/mock-upstream/target/mock-upstream

FROM ${DISTRIBUTION} AS distribution

FROM ${BASE_IMAGE}
COPY --from=distribution /build/mock-upstream/target/mock-upstream /opt/mock-upstream
USER 10001:0
VOLUME ["/tmp"]
EXPOSE 9090
ENTRYPOINT ["/opt/mock-upstream/bin/mock-upstream"]
CMD ["--host", "0.0.0.0", "--port", "9090"]
