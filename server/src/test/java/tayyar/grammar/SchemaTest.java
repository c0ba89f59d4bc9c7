package tayyar.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tayyar.api.Refused;

/** What schemas let pass, judged by a validator that shares nothing with them. */
final class SchemaTest {
  private static final SchemaRegistry JUDGE =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static void assertValid(String schema, String text) {
    assertThat(
            JUDGE
                .getSchema(schema)
                .validate(
                    text,
                    InputFormat.JSON,
                    context -> context.executionConfig(c -> c.formatAssertionsEnabled(true))))
        .as("%s by %s", text, schema)
        .isEmpty();
  }

  @Test
  void whatRandomSchemasWriteIsValid() {
    for (int seed = 0; seed < 3_000; seed++) {
      var random = new Random(seed);
      String schema = new RandomSchema(random).next(3);
      Grammar grammar = Walks.schema(schema);
      for (int i = 0; i < 3; i++) {
        assertValid(schema, Walks.written(grammar, random, 200));
      }
    }
  }

  @Test
  void anInstanceOfARandomSchemaIsAccepted() {
    for (int seed = 0; seed < 3_000; seed++) {
      var made = new RandomSchema(new Random(seed));
      String schema = made.next(3);
      String instance = made.instance();
      assertValid(schema, instance);
      assertThat(Walks.accepts(Walks.schema(schema), instance))
          .as("%s by %s", instance, schema)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'number','minimum':0.25,'maximum':0.75}",
        "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1}",
        "{'type':'number','minimum':-1.5,'maximum':1.5}",
        "{'type':'number','exclusiveMaximum':-3}",
        "{'type':'number','multipleOf':0.01,'minimum':-2}",
        "{'type':'integer','multipleOf':100,'minimum':-550,'maximum':1000}",
        "{'type':'integer','multipleOf':7,'minimum':-50,'maximum':50}",
        "{'type':'integer','exclusiveMinimum':9,'maximum':1234}",
        "{'type':'integer','maximum':-17}",
        "{'type':'string','format':'date'}",
        "{'type':'string','format':'time'}",
        "{'type':'string','format':'date-time'}",
        "{'type':'string','format':'uuid'}",
        "{'type':'string','format':'ipv4'}",
        "{'type':'string','format':'ipv6'}",
        "{'type':'string','format':'hostname'}",
        "{'type':'string','format':'uri'}",
        "{'type':'string','format':'duration'}",
        "{'type':'string','pattern':'^[A-Z]{2}-\\\\d{3,5}$'}",
        "{'type':'string','pattern':'^[\\\"\\\\\\\\]{1,9}x|^y'}",
        "{'type':'string','pattern':'^[ء-ي ]+$','minLength':2,'maxLength':9}",
        "{'type':['string','null','integer'],'minLength':3,'minimum':5}",
        "{'type':'array','prefixItems':[{'type':'integer'},{'const':'ب'}],'items':false,'minItems':1}",
        "{'type':'array','items':{'type':'boolean'},'minItems':2,'maxItems':4}",
        "{'$ref':'#/$defs/t','$defs':{'t':{'type':'object','properties':{'v':{'type':'integer'},"
            + "'l':{'anyOf':[{'$ref':'#/$defs/t'},{'type':'null'}]}},'required':['v','l'],"
            + "'additionalProperties':false}}}",
        "{'allOf':[{'type':'object','properties':{'a':{'type':'integer','minimum':3}},"
            + "'required':['a']},{'properties':{'a':{'maximum':9},'b':{'enum':['نعم','لا']}},"
            + "'required':['b']}]}",
        "{'type':'object','properties':{'a':{'type':'integer'},'ab':{'type':'null'}},"
            + "'additionalProperties':{'type':'boolean'}}",
        "{'type':'object','additionalProperties':{'type':'string','maxLength':3}}",
        "{'type':'object','properties':{'k':{'type':'string'}},'oneOf':["
            + "{'required':['k'],'properties':{'k':{'const':'x'}}},"
            + "{'required':['k'],'properties':{'k':{'const':'y'}}}]}",
        "{'enum':[1,'a\\\"b\\\\\\\\c\\nd',{'x':[1,null]},true,null]}",
        "true"
      })
  void whatIsWrittenIsValid(String quoted) {
    String schema = quoted.replace('\'', '"');
    Grammar grammar = Walks.schema(schema);
    var random = new Random(7);
    for (int i = 0; i < 200; i++) {
      assertValid(schema, Walks.written(grammar, random, 60));
    }
  }

  /** The judge knows which top-level domains there are; this is WHATWG's rule. */
  @Test
  void anAddressIsOne() {
    Grammar grammar = Walks.schema("{\"type\":\"string\",\"format\":\"email\"}");
    String label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    for (int seed = 0; seed < 200; seed++) {
      assertThat(Walks.written(grammar, new Random(seed), 60))
          .matches("\"[a-zA-Z0-9.+_-]+@" + label + "(?:\\." + label + ")+\"");
    }
    assertThat(Walks.accepts(grammar, "\"mona.ali@example.com.eg\"")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'string','format':'zip'} | schema.format",
        "{'properties':{'a':{'not':{}}}} | schema.properties.a.not",
        "{'type':'array','uniqueItems':true} | schema.uniqueItems",
        "{'type':'object','patternProperties':{}} | schema.patternProperties",
        "{'type':'string','pattern':'(?=a)b'} | schema.pattern",
        "{'type':'string','pattern':'(a)\\\\1'} | schema.pattern",
        "{'$ref':'http://x/y'} | schema.$ref",
        "{'$ref':'#/nowhere'} | schema.$ref",
        "{'$ref':'#'} | schema",
        "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} | schema",
        "{'type':'objekt'} | schema.type",
        "{'type':'integer','multipleOf':7} | schema.multipleOf",
        "{'type':'integer','minimum':5,'maximum':4} | schema",
        "{'enum':[]} | schema.enum",
        "{'type':'string','minLength':-1} | schema.minLength",
        "{'if':{}} | schema.if",
        "[] | schema",
        "false | schema",
      })
  void whatCantBeHeldIsRefusedWithItsPlace(String quoted, String place) {
    String schema = quoted.replace('\'', '"');
    assertThatThrownBy(() -> Walks.schema(schema))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.error().facts().param()).isEqualTo(place);
              assertThat(refused.error().facts().status()).isEqualTo(400);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'integer','minimum':0,'maximum':100} | 101 | false",
        "{'type':'integer','minimum':0,'maximum':100} | 100 | true",
        "{'type':'number','minimum':0,'maximum':1} | 0.5 | true",
        "{'type':'number','minimum':0,'maximum':1} | 1.5 | false",
        "{'type':'string','maxLength':3} | 'abc' | true",
        "{'type':'string','maxLength':3} | 'abcd' | false",
        "{'type':'string','maxLength':3} | '😀😀😀' | true",
        "{'type':'string'} | '\\ud800' | false",
        "{'type':'string'} | '\\u0041' | true",
        "{'properties':{'a':{}},'additionalProperties':{}} | {'a':1,'a':2} | false",
        "{'properties':{'a':{}},'additionalProperties':{}} | {'a':1,'aa':2} | true",
        "{'properties':{'اسم':{'enum':['علي']}}} | {'اسم': 'علي'} | true",
      })
  void instances(String schema, String text, boolean passes) {
    assertThat(Walks.accepts(Walks.schema(schema.replace('\'', '"')), text.replace('\'', '"')))
        .isEqualTo(passes);
  }

  static Stream<String> noJson() {
    return Stream.of(
        "",
        "{",
        "[1,]",
        "{\"type\":\"null\"} 1",
        "{\"const\":1,\"const\":2}",
        "{\"const\":nul}",
        "{\"const\":\"\\ud800\"}",
        "{\"const\":1e999999}",
        "{\"minimum\":1e7267225600}",
        "{\"const\":" + "1".repeat(500) + "}",
        "[".repeat(200) + "]".repeat(200));
  }

  @ParameterizedTest
  @MethodSource("noJson")
  void whatIsNoJsonOrTooMuchIsRefusedInWords(String json) {
    assertThatThrownBy(() -> Walks.schema(json))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith("'schema' ")
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("Exception", "Constraints", "jackson");
  }

  /** A name has as many characters as it likes: what begins like it for long is left out. */
  @Test
  void aLongNameIsAMemberAndNoFurtherOne() {
    String name = "ن".repeat(20_000);
    String schema =
        "{\"type\":\"object\",\"properties\":{\"%s\":{\"type\":\"null\"}},\"additionalProperties\":{\"type\":\"integer\"}}"
            .formatted(name);
    Grammar grammar = Walks.schema(schema);
    assertThat(Walks.accepts(grammar, "{\"" + name + "\":null}")).isTrue();
    assertThat(Walks.accepts(grammar, "{\"" + name + "\":1}")).isFalse();
    assertThat(Walks.accepts(grammar, "{\"ن\":1,\"a\":2}")).isTrue();
    assertThat(Walks.accepts(grammar, "{\"ن\":null}")).isFalse();
  }

  /** What is known of a rule spreads to those that call it, however many stand between. */
  @Test
  void aLongChainOfRulesIsReadInOnePass() {
    var rules = new StringBuilder("root ::= r0\n");
    for (int i = 0; i < 30_000; i++) {
      rules.append("r" + i + " ::= r" + (i + 1) + "\n");
    }
    Grammar grammar = Walks.gbnf(rules + "r30000 ::= \"x\"");
    assertThat(Walks.accepts(grammar, "x")).isTrue();
    assertThat(Walks.accepts(grammar, "")).isFalse();
    assertThatThrownBy(() -> Walks.gbnf(rules + "r30000 ::= root")).isInstanceOf(Refused.class);
  }
}
