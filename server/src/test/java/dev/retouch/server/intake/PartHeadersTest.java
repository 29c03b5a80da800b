package dev.retouch.server.intake;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PartHeadersTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            form-data; name="image"; filename="a.png"                | image       | a.png
            form-data; filename="a.png"; size=70; name="image"       | image       | a.png
            form-data; name=image; filename=a.png                    | image       | a.png
            form-data;name="image[]"                                 | image[]     | -
            form-data ; NAME = image                                 | image       | -
            form-data; name="提示"; filename="玫瑰 🌹.png"             | 提示         | 玫瑰 🌹.png
            form-data; name="a\\"b"; filename="c\\\\d.png"           | a"b         | c\\d.png
            form-data; name="image"; filename="C:\\dir\\a.png"       | image       | C:\\dir\\a.png
            form-data; name="a;b=c"; filename="d; name=e"            | a;b=c       | d; name=e
            form-data; filename="name=wrong"; name="right"           | right       | name=wrong
            form-data; name="image"; filename*=UTF-8''%e7%8e%ab.png  | image       | -
            form-data; filename*=UTF-8''x; name="image"; filename="y" | image      | y
            form-data; name=""; filename=""                          | ``          | ``
            form-data; name="unclosed                                | unclosed    | -
            form-data; names="no"; name="yes"                        | yes         | -
            form-data; name=\t"tab"; filename= "blank.png"           | tab         | blank.png
            form-data; inline; name="image"; x;filename="a.png"      | image       | a.png
            """)
    void aDispositionIsUnderstoodHoweverItIsWritten(String disposition, String name, @Nullable String fileName)
            throws Exception {
        PartHeaders headers = PartHeaders.parse("Content-Disposition: " + disposition + "\r\n");

        assertThat(headers.name()).isEqualTo(name);
        assertThat(headers.fileName().orElse(null)).isEqualTo(fileName);
    }

    @Test
    void headerNamesAreCaseInsensitive() throws Exception {
        PartHeaders headers = PartHeaders.parse("""
                X-Other: name="wrong"\r
                content-TYPE :  image/png \r
                nonsense\r
                CONTENT-DISPOSITION: form-data; name="image"\r
                Content-Length: 12\r
                """);
        assertThat(headers.name()).isEqualTo("image");
        assertThat(headers.contentType()).hasValue("image/png");
    }
}
