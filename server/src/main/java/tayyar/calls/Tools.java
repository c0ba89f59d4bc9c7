package tayyar.calls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tayyar.api.ApiError;
import tayyar.api.Clip;
import tayyar.api.InferenceRequest;
import tayyar.api.InferenceRequest.Form;
import tayyar.api.Refused;
import tayyar.grammar.Json;
import tayyar.grammar.Tool;

/**
 * The tools of a request and whether they are to be called, by {@code tools} and {@code
 * tool_choice} or the older {@code functions} and {@code function_call}.
 *
 * @param told all tools, in the newer form, as a model's template is told of them
 * @param may those that may be called, at least one
 * @param must whether one of them must be called
 * @param several whether more than one call may be made
 * @param old whether the request is of the older form, and so is its answer
 * @see <a href="https://platform.openai.com/docs/guides/function-calling">OpenAI, function
 *     calling</a>
 */
public record Tools(List<Object> told, List<Tool> may, boolean must, boolean several, boolean old) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int SHOWN = 100;

  /** The members of a body that say something of tools. */
  private static final Set<String> MEMBERS =
      Set.of("tools", "functions", "tool_choice", "function_call", "parallel_tool_calls");

  /** Whether a member of a body says something of tools. */
  public static boolean reads(Form form) {
    return MEMBERS.contains(form.member());
  }

  /**
   * The tools of a request; takes its time.
   *
   * @return null where there are none, or none may be called
   * @throws Refused if one of them is wrong, or of a kind that the engine can't call
   */
  public static @Nullable Tools of(InferenceRequest request) {
    var values = new LinkedHashMap<String, Object>();
    for (Form form : request.forms()) {
      if (reads(form)) {
        String json =
            new String(
                request.body(), form.from(), form.to() - form.from(), StandardCharsets.UTF_8);
        Object value = Json.read(json, form.member());
        if (!value.equals(Json.NULL)) {
          values.put(form.member(), value);
        }
      }
    }
    boolean old = !values.containsKey("tools") && values.containsKey("functions");
    String member = old ? "functions" : "tools";
    if (!(values.get(member) instanceof List<?> list) || list.isEmpty()) {
      return null;
    }
    return new Reading(member, list, old).chosen(values);
  }

  /** Whether a parameter of a tool may be a string. */
  boolean isText(String tool, String parameter) {
    return may.stream()
        .filter(one -> one.name().equals(tool))
        .allMatch(one -> one.isText(parameter));
  }

  /** Reads them one after the other. */
  private static final class Reading {
    private final String member;
    private final boolean old;
    private final List<Object> told = new ArrayList<>();
    private final Map<String, Tool> all = new LinkedHashMap<>();

    Reading(String member, List<?> list, boolean old) {
      this.member = member;
      this.old = old;
      for (int i = 0; i < list.size(); i++) {
        read(list.get(i), member + "[" + i + "]");
      }
    }

    private void read(@Nullable Object value, String where) {
      Map<?, ?> tool = object(value, where);
      if (old) {
        add(tool, where);
        told.add(Map.of("type", "function", "function", tool));
        return;
      }
      if (!"function".equals(tool.get("type"))) {
        throw wrong(where + ".type", "must be 'function': other tools can't be called here.");
      }
      add(object(tool.get("function"), where + ".function"), where + ".function");
      told.add(tool);
    }

    private void add(Map<?, ?> function, String where) {
      if (!(function.get("name") instanceof String name) || !NAME.matcher(name).matches()) {
        throw wrong(where + ".name", "must be 1 to 64 letters, digits, '_', '-' or '.'.");
      }
      Object parameters = function.get("parameters");
      if (parameters != null && !parameters.equals(Json.NULL)) {
        parameters = object(parameters, where + ".parameters");
      }
      boolean strict = Boolean.TRUE.equals(function.get("strict"));
      var tool = new Tool(name, Json.NULL.equals(parameters) ? null : parameters, strict, where);
      if (all.putIfAbsent(name, tool) != null) {
        throw wrong(where + ".name", "is the name of two tools.");
      }
    }

    @Nullable Tools chosen(Map<String, Object> values) {
      String from = old ? "function_call" : "tool_choice";
      boolean several = !old && !Boolean.FALSE.equals(values.get("parallel_tool_calls"));
      return switch (values.get(from)) {
        case null -> tools(all.values(), false, several);
        case String word -> byWord(word, all.values(), several, from);
        case Map<?, ?> object when old || "function".equals(object.get("type")) ->
            tools(List.of(named(old ? object : object.get("function"), from)), true, false);
        case Map<?, ?> object when "allowed_tools".equals(object.get("type")) ->
            allowed(object(object.get("allowed_tools"), from + ".allowed_tools"), several, from);
        default ->
            throw wrong(from, "must be 'none', 'auto', 'required' or name one of the tools.");
      };
    }

    private @Nullable Tools byWord(
        String word, Collection<Tool> may, boolean several, String from) {
      return switch (word) {
        case "none" -> null;
        case "auto" -> tools(may, false, several);
        case "required" -> tools(may, true, several);
        default ->
            throw wrong(from, "must be 'none', 'auto', 'required' or name one of the tools.");
      };
    }

    private @Nullable Tools allowed(Map<?, ?> allowed, boolean several, String from) {
      Set<Tool> may = new LinkedHashSet<>();
      if (allowed.get("tools") instanceof List<?> list) {
        list.forEach(each -> may.add(named(object(each, from).get("function"), from)));
      }
      if (may.isEmpty()) {
        throw wrong(from + ".allowed_tools.tools", "must name at least one of the tools.");
      }
      return byWord(String.valueOf(allowed.get("mode")), may, several, from);
    }

    private Tool named(@Nullable Object function, String from) {
      Object name = object(function, from).get("name");
      Tool tool = name == null ? null : all.get(name);
      if (tool == null) {
        throw wrong(from, "names no tool of '" + member + "': " + shown(name) + ".");
      }
      return tool;
    }

    private Tools tools(Collection<Tool> may, boolean must, boolean several) {
      return new Tools(told, List.copyOf(may), must, several, old);
    }

    private static Map<?, ?> object(@Nullable Object value, String where) {
      if (value instanceof Map<?, ?> map) {
        return map;
      }
      throw wrong(where, "must be an object.");
    }

    private static String shown(@Nullable Object name) {
      return Clip.marked(SHOWN, String.valueOf(name));
    }

    private static Refused wrong(String where, String detail) {
      return new Refused(new ApiError.InvalidValue(where, detail));
    }
  }
}
