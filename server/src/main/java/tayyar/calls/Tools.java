package tayyar.calls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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
 * @param custom the names of those that take any text: models are told of them as of functions with
 *     one parameter, {@value InputText#PARAMETER}
 * @see <a href="https://platform.openai.com/docs/guides/function-calling">OpenAI, function
 *     calling</a>
 */
public record Tools(
    List<Object> told,
    List<Tool> may,
    boolean must,
    boolean several,
    boolean old,
    Set<String> custom) {
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
    private final Set<String> custom = new HashSet<>();

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
      switch (String.valueOf(tool.get("type"))) {
        case "function" -> {
          add(object(tool.get("function"), where + ".function"), where + ".function");
          told.add(tool);
        }
        case "custom" -> custom(object(tool.get("custom"), where + ".custom"), where + ".custom");
        default ->
            throw wrong(
                where + ".type", "must be 'function' or 'custom': no other can be called here.");
      }
    }

    /** A tool that takes any text. */
    private void custom(Map<?, ?> tool, String where) {
      Object format = tool.get("format");
      if (format != null
          && !format.equals(Json.NULL)
          && !"text".equals(object(format, where + ".format").get("type"))) {
        throw wrong(where + ".format.type", "must be 'text': no grammar can be held here.");
      }
      var function = new LinkedHashMap<Object, @Nullable Object>(tool);
      function.keySet().retainAll(Set.of("name", "description"));
      function.put("parameters", InputText.SCHEMA);
      add(function, where);
      told.add(Map.of("type", "function", "function", function));
      custom.add(String.valueOf(tool.get("name")));
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
        case Map<?, ?> object when old -> tools(List.of(named(object, from)), true, false);
        case Map<?, ?> object when isOfOne(object) ->
            tools(List.of(named(object.get(object.get("type")), from)), true, false);
        case Map<?, ?> object when "allowed_tools".equals(object.get("type")) ->
            allowed(object(object.get("allowed_tools"), from + ".allowed_tools"), several, from);
        default ->
            throw wrong(from, "must be 'none', 'auto', 'required' or name one of the tools.");
      };
    }

    private static boolean isOfOne(Map<?, ?> choice) {
      return "function".equals(choice.get("type")) || "custom".equals(choice.get("type"));
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
        for (Object each : list) {
          Map<?, ?> one = object(each, from);
          may.add(named(one.get(isOfOne(one) ? one.get("type") : "function"), from));
        }
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
      return new Tools(told, List.copyOf(may), must, several, old, Set.copyOf(custom));
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
