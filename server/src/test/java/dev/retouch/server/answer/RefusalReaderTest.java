package dev.retouch.server.answer;

import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.answer.RefusalPolicy.Subject;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalReaderTest {

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
            "{'error':{'message':'no','type':'t','param':'p','code':'c'}}|no|c", "{'error':'no'}|no|-",
            "{'error':'no','code':'c'}|no|c", "{'detail':'no'}|no|-", "{'detail':{'error':'no'}}|no|-",
            "{'detail':{'error':{'message':'no','code':'c'}}}|no|c",
            "{'detail':[{'loc':['body','size'],'msg':'no','type':'value_error'}]}|no|-",
            "{'detail':[{'msg':'a'},{'msg':'b'}]}|a; b|-", "{'detail':['a','b']}|a; b|-", "{'message':'no'}|no|-",
            "{'code':400,'message':'no'}|no|-", "{'code':'c','message':'no'}|no|c", "{'msg':'no','code':'c'}|no|c",
            "{'errors':['no'],'name':'bad_request'}|no|bad_request", "{'title':'no','status':422}|no|-",
            "{'error':{'code':400,'message':'no','status':'INVALID_ARGUMENT'}}|no|INVALID_ARGUMENT",
            "{'error':{'message':'no','code':'content_filter','innererror':{'code':'ResponsibleAIPolicyViolation'}}}|no|"
                    + "ResponsibleAIPolicyViolation",
            "{'error':{'code':'c'}}||c"})
    void findsTheWords(String document, String message, String code) {
        Refusal found = RefusalReader.inDocument(json(document)).orElseThrow();

        assertThat(found.message()).isEqualTo(message == null ? "" : message);
        assertThat(found.code()).isEqualTo(code);
    }

    @Test
    void takesATextForTheWords() {
        assertThat(RefusalReader.inDocument(json("' just text '")).orElseThrow().message()).isEqualTo("just text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'data':[]}", "{'error':null}", "{'error':''}", "{'error':{}}", "{'detail':[]}",
            "{'message':7}", "7", "' '"})
    void findsNoneWhereThereIsNone(String document) {
        assertThat(RefusalReader.inDocument(json(document))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'respect_moderation':false}|moderation_blocked",
            "{'is_image_safe':false}|moderation_blocked",
            "{'finish_reason':'CONTENT_FILTERED'}|CONTENT_FILTERED", "{'finishReason':'IMAGE_SAFETY'}|IMAGE_SAFETY",
            "{'error':{'code':'OutputImageSensitiveContentDetected','message':'m'}}|OutputImageSensitiveContentDetected"})
    void findsTheReasonOfAnElement(String element, String code) {
        assertThat(RefusalReader.inElement(json(element)).map(Refusal::code)).isEqualTo(Optional.of(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'respect_moderation':true}", "{'finish_reason':'stop'}", "{'finish_reason':null}",
            "{'error':null}", "{'finish_reason':'SUCCESS'}"})
    void findsNoReasonWhereAnElementNamesNone(String element) {
        assertThat(RefusalReader.inElement(json(element))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"400,-,-,bad size,REQUEST", "400,invalid_value,-,m,REQUEST",
            "400,moderation_blocked,-,m,CONTENT", "400,content_policy_violation,-,m,CONTENT",
            "400,contentFilter,-,m,CONTENT",
            "400,ResponsibleAIPolicyViolation,-,m,CONTENT", "403,content_policy_violation,-,m,CONTENT",
            "403,-,-,Rejected by our safety system,CONTENT", "403,-,-,forbidden,GATEWAY", "401,-,-,m,GATEWAY",
            "402,-,-,m,GATEWAY", "400,insufficient_quota,-,m,GATEWAY", "429,insufficient_quota,-,m,GATEWAY",
            "400,Arrearage,-,m,GATEWAY", "400,InvalidApiKey,-,m,GATEWAY", "400,-,authentication_error,m,GATEWAY",
            "400,-,-,API key not valid. Please pass a valid API key.,GATEWAY",
            "400,InputImageSensitiveContentDetected.PolicyViolation,-,m,CONTENT",
            "400,DataInspectionFailed,-,m,CONTENT",
            "200,IMAGE_SAFETY,-,m,CONTENT", "200,-,server_error,m,FAILURE", "200,-,-,m,REQUEST",
            "200,rate_limit_exceeded,-,m,FAILURE",
            "400,invalid_value,invalid_request_error,Invalid moderation level,REQUEST"})
    void saysWhatARefusalIsAbout(int status, String code, String type, String message, Subject subject) {
        RefusalPolicy policy = new RefusalPolicy(text -> text.replace("sk-1", "[hidden]"));

        assertThat(policy.subject(new Refusal(message, type, null, code, 0), status)).isEqualTo(subject);
    }

    @Test
    void believesAStatusThatADocumentNames() {
        RefusalPolicy policy = new RefusalPolicy(text -> text);

        assertThat(policy.subject(new Refusal("m", null, null, null, 500), 200)).isEqualTo(Subject.FAILURE);
        assertThat(policy.subject(new Refusal("m", null, null, null, 401), 200)).isEqualTo(Subject.GATEWAY);
        assertThat(policy.subject(new Refusal("m", null, null, null, 400), 200)).isEqualTo(Subject.REQUEST);
    }

    @Test
    void hidesTheKeyAndCutsLongWords() {
        RefusalPolicy policy = new RefusalPolicy(text -> text.replace("sk-1", "[hidden]"));

        assertThat(policy.redacted("key sk-1 is wrong")).isEqualTo("key [hidden] is wrong");
        assertThat(policy.redacted("x".repeat(10_000)).length()).isLessThan(5_000);
    }
}
