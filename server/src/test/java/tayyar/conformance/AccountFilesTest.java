package tayyar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tayyar.api.Target;
import tayyar.api.Target.Access;
import tayyar.api.Target.Dialect;
import tayyar.testing.LedgerRow;
import tayyar.testing.Response;
import tayyar.testing.TestFleet;
import tayyar.testing.TestGateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Names of what is stored at a target, in the account that all clients share. */
@Tag("socket")
final class AccountFilesTest {
  /** What stands in a name, to be looked for at the target. */
  private static final String NAME = "of-somebody-else";

  private static JsonNode tree(String json) {
    return JsonMapper.shared().readTree(json.replace('\'', '"').replace("@", NAME));
  }

  /** A target that may be asked for all that is there, or not. */
  private static Target speaking(Dialect dialect, Target target, boolean open) {
    Target its = TestFleet.speaking(dialect, target);
    Access at = its.access();
    var access = new Access(at.keyHeader(), "", null, null, false, "", dialect, open);
    return new Target(its.name(), its.address(), its.path(), its.model(), its.key(), access);
  }

  private static TestFleet fleet(Dialect dialect, boolean... open) throws IOException {
    List<String> scripts = open.length == 1 ? List.of("tokens=2") : List.of("", "tokens=2");
    return TestFleet.start(
        scripts,
        all -> {
          Target first = speaking(dialect, all.getFirst(), open[0]);
          List<Target> targets =
              open.length == 1
                  ? List.of(first)
                  : List.of(first, speaking(dialect, all.getLast(), open[1]));
          return List.of(TestFleet.model(TestFleet.MODEL, TestFleet.rules(), targets));
        });
  }

  private static Response ask(TestFleet fleet, Dialect dialect, String members) throws IOException {
    ObjectNode body = (ObjectNode) tree("{" + members + "}");
    body.put("model", TestFleet.MODEL);
    return switch (dialect) {
      case ANTHROPIC -> fleet.post("/messages", body.put("max_tokens", 9).toString());
      case RESPONSES -> fleet.post("/responses", body.toString());
      case OPENAI, GEMINI -> fleet.chat(body);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ANTHROPIC|'messages':[{'role':'user','content':[{'type':'document','source':{'type':'file','file_id':'@'}}]}]|messages[0].content[0].source.file_id",
        "ANTHROPIC|'messages':[{'role':'user','content':[{'type':'text','text':'x'},{'type':'container_upload','file_id':'@'}]}]|messages[0].content[1].file_id",
        "ANTHROPIC|'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':[{'type':'image','source':{'type':'file','file_id':'@'}}]}]}]|messages[0].content[0].content[0].source.file_id",
        "ANTHROPIC|'messages':[{'role':'user','content':'x'},{'role':'assistant','content':[{'type':'web_fetch_tool_result','tool_use_id':'s','content':{'type':'web_fetch_result','url':'https://a.eg','content':{'type':'document','source':{'type':'file','file_id':'@'}}}}]},{'role':'user','content':'y'}]|messages[1].content[0].content.content.source.file_id",
        "ANTHROPIC|'container':'@','messages':[{'role':'user','content':'x'}]|container",
        "ANTHROPIC|'container':{'id':'@'},'messages':[{'role':'user','content':'x'}]|container.id",
        "ANTHROPIC|'container':{'skills':[{'type':'custom','skill_id':'@'}]},'messages':[{'role':'user','content':'x'}]|container.skills[0].skill_id",
        "RESPONSES|'input':[{'role':'user','content':[{'type':'input_file','file_id':'@'}]}]|input[0].content[0].file_id",
        "RESPONSES|'input':[{'role':'user','content':[{'type':'input_text','text':'x'},{'type':'input_image','file_id':'@'}]}]|input[0].content[1].file_id",
        "RESPONSES|'input':[{'type':'function_call_output','call_id':'c','output':[{'type':'input_file','file_id':'@'}]}]|input[0].output[0].file_id",
        "RESPONSES|'input':'x','tools':[{'type':'file_search','vector_store_ids':['@']}]|tools[0].vector_store_ids",
        "RESPONSES|'input':'x','tools':[{'type':'code_interpreter','container':'@'}]|tools[0].container",
        "RESPONSES|'input':'x','tools':[{'type':'code_interpreter','container':{'type':'auto','file_ids':['@']}}]|tools[0].container.file_ids",
        "RESPONSES|'input':'x','tools':[{'type':'image_generation','input_image_mask':{'file_id':'@'}}]|tools[0].input_image_mask.file_id",
        "RESPONSES|'input':[{'role':'user','content':'x'},{'type':'code_interpreter_call','id':'c','code':'1','container_id':'@'}]|input[1].container_id",
        "RESPONSES|'input':[{'role':'user','content':'x'},{'type':'image_generation_call','id':'@'}]|input[1].id",
        "OPENAI|'messages':[{'role':'user','content':[{'type':'file','file':{'filename':'a','file_id':'@'}}]}]|messages[0].content[0].file.file_id",
        "OPENAI|'messages':[{'role':'user','content':[{'type':'file','file':{'file_data':'data:application/pdf;base64,QQ==','file\\u005fid':'@'}}]}]|messages[0].content[0].file.file_id",
        "RESPONSES|'input':[{'role':'user','content':'x'},{'type':'image_generation_call','id':'@','result':''}]|input[1].id",
        "OPENAI|'messages':[{'role':'user','content':[{'type':'file','file_id':'@'}]}]|messages[0].content[0].file_id",
        "OPENAI|'messages':[{'role':'user','content':'x'}],'extra_body':{'google':{'cached_content':'@'}}|extra_body.google.cached_content",
        "OPENAI|'messages':[{'role':'user','content':'x'}],'extra_body':{'google':{'cachedContent':'@'}}|extra_body.google.cachedContent",
        "GEMINI|'messages':[{'role':'user','content':'x'}],'extra_body':{'google':{'cached_content':'@'}}|extra_body.google.cached_content",
        "GEMINI|'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://generativelanguage.googleapis.com/v1beta/files/@'}}]}]|messages[0].content[0].image_url",
      })
  void aNameIsRefusedUnlessTheOperatorLetsItBe(Dialect dialect, String members, String place)
      throws IOException {
    try (var fleet = fleet(dialect, false)) {
      Response response = ask(fleet, dialect, members);
      assertThat(response.status()).as(response.text()).isEqualTo(400);
      JsonNode error = response.json().path("error");
      assertThat(error.path("code").asString()).isEqualTo("account_file_refused");
      assertThat(error.path("param").asString()).isEqualTo(place);
      assertThat(error.path("message").asString()).doesNotContain(NAME);
      assertThat(fleet.simulator(0).requests()).isZero();
      LedgerRow row = fleet.row(response);
      assertThat(row.status()).isEqualTo(400);
      assertThat(row.promptTokens()).isZero();
    }
    try (var fleet = fleet(dialect, true)) {
      Response response = ask(fleet, dialect, members);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(fleet.simulator(0).next(TestGateway.SOON).body().toString()).contains(NAME);
    }
  }

  /** The client's own words, and what it was told, may say anything. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ANTHROPIC|'tools':[{'name':'open','input_schema':{'type':'object','properties':{'file_id':{'type':'string'}}}}],'messages':[{'role':'user','content':'x'},{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'open','input':{'file_id':'@'}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':'y'}]}]",
        "ANTHROPIC|'messages':[{'role':'user','content':'x'},{'role':'assistant','content':[{'type':'bash_code_execution_tool_result','tool_use_id':'s','content':{'type':'bash_code_execution_result','content':[{'type':'bash_code_execution_output','file_id':'@'}]}}]},{'role':'user','content':'y'}]",
        "ANTHROPIC|'container':{'skills':[{'type':'anthropic','skill_id':'@'}]},'metadata':{'file_id':'@'},'messages':[{'role':'user','content':'x'}]",
        "RESPONSES|'tools':[{'type':'function','name':'open','parameters':{'type':'object','properties':{'container':{'type':'string'}}}},{'type':'code_interpreter','container':{'type':'auto','file_ids':[]}}],'metadata':{'file_id':'@'},'input':'x'",
        "RESPONSES|'input':[{'role':'user','content':'x'},{'type':'file_search_call','id':'f','results':[{'file_id':'@'}]},{'type':'message','role':'assistant','content':[{'type':'output_text','text':'y','annotations':[{'type':'file_citation','file_id':'@'}]}]},{'role':'user','content':'z'}]",
        "OPENAI|'messages':[{'role':'user','content':'x'},{'role':'assistant','tool_calls':[{'id':'c','type':'function','function':{'name':'open','arguments':'{}'},'file_id':'@'}]},{'role':'tool','tool_call_id':'c','content':'y'}],'extra_body':{'google':{'thinking_config':{}}}",
      })
  void whatNamesNothingPasses(Dialect dialect, String members) throws IOException {
    try (var fleet = fleet(dialect, false)) {
      Response response = ask(fleet, dialect, members);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
    }
  }

  @Test
  void anotherTargetMayLetItBe() throws IOException {
    String members = "'container':'@','messages':[{'role':'user','content':'x'}]";
    try (var fleet = fleet(Dialect.ANTHROPIC, false, true)) {
      Response response = ask(fleet, Dialect.ANTHROPIC, members);
      assertThat(response.status()).as(response.text()).isEqualTo(200);
      assertThat(fleet.row(response).target()).isEqualTo("t1");
      assertThat(fleet.simulator(0).requests()).isZero();
    }
  }

  /** No such name reaches a target of another language: it has no place in a chat. */
  @Test
  void inAnotherLanguageThereIsNoName() throws IOException {
    try (var fleet = fleet(Dialect.OPENAI, false)) {
      String container = "'container':'@','messages':[{'role':'user','content':'x'}]";
      assertThat(ask(fleet, Dialect.ANTHROPIC, container).status()).isEqualTo(200);
      String search = "'input':'x','tools':[{'type':'file_search','vector_store_ids':['@']}]";
      assertThat(ask(fleet, Dialect.RESPONSES, search).status()).isEqualTo(200);
      for (int i = 0; i < 2; i++) {
        JsonNode asked = fleet.simulator(0).next(TestGateway.SOON).body();
        assertThat(asked.toString()).doesNotContain(NAME);
      }
      String file = "'input':[{'role':'user','content':[{'type':'input_file','file_id':'@'}]}]";
      Response response = ask(fleet, Dialect.RESPONSES, file);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.error().path("code").asString()).isEqualTo("unsupported_by_model");
      assertThat(response.error().path("param").asString())
          .isEqualTo("input[0].content[0].file_id");
    }
  }

  /** An estimate is told instead; the target is not asked about somebody else's file. */
  @Test
  void whatMayNotBeNamedIsNotCounted() throws IOException {
    String body =
        tree("{'model':'pair','messages':[{'role':'user','content':[{'type':'text','text':'four'},"
                + "{'type':'document','source':{'type':'file','file_id':'@'}}]}]}")
            .toString();
    try (var fleet = fleet(Dialect.ANTHROPIC, false)) {
      Response response = fleet.post("/messages/count_tokens", body);
      assertThat(response.json().path("input_tokens").asInt()).isEqualTo(1);
      assertThat(fleet.simulator(0).requests()).isZero();
    }
  }
}
