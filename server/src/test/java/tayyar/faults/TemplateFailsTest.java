package tayyar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.testing.Given;
import tayyar.testing.Response;
import tayyar.testing.TestEngine;
import tayyar.testing.TinyModel;

/** A mistake in a model's chat template is the operator's: it is told with its line. */
@Tag("engine")
@Timeout(120)
class TemplateFailsTest {
  private static TestEngine engine(Path folder, String template) throws IOException {
    Given.NATIVES.path();
    TestEngine engine =
        TestEngine.usual().of(TinyModel.write(folder.resolve("t.gguf"), template, true, List.of()));
    engine.start();
    return engine;
  }

  @Test
  void onEveryConversation(@TempDir Path folder) throws Exception {
    TestEngine engine = engine(folder, "{{ messages[0].role }}\n{{ 1 + messages[0].content }}");
    try {
      assertThat(engine.awaitReady())
          .contains("chat template", "t.gguf", "line 2", "'+' can't be applied here");
    } finally {
      engine.close();
    }
  }

  @Test
  void onOneConversation(@TempDir Path folder) throws Exception {
    TestEngine engine =
        engine(
            folder,
            "{{ messages[0].content }}\n{% if 'x' in messages[0].content %}{{ 1 + '' }}{% endif %}");
    try {
      assertThat(engine.awaitReady()).isEmpty();
      for (int i = 0; i < 10; i++) {
        Response failed = engine.chat(TestEngine.question("a secret x", 1));
        assertThat(failed.status()).isEqualTo(422);
        assertThat(failed.error().path("code").asString()).isEqualTo("template_failed");
        assertThat(failed.error().path("param").asString()).isEqualTo("messages");
        assertThat(failed.error().path("message").asString())
            .contains("the template's mistake", "line 2")
            .doesNotContain("secret");
        assertThat(engine.row(failed).status()).isEqualTo(422);
        assertThat(engine.row(failed).outcome()).isEqualTo("failed");
      }
      assertThat(engine.chat(TestEngine.question("Hello", 1)).status()).isEqualTo(200);
    } finally {
      engine.close();
    }
  }
}
