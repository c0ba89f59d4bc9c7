package tayyar.api;

import static java.lang.Character.UnicodeScript.ARABIC;
import static java.lang.Character.UnicodeScript.ARMENIAN;
import static java.lang.Character.UnicodeScript.BENGALI;
import static java.lang.Character.UnicodeScript.BOPOMOFO;
import static java.lang.Character.UnicodeScript.CANADIAN_ABORIGINAL;
import static java.lang.Character.UnicodeScript.CYRILLIC;
import static java.lang.Character.UnicodeScript.DEVANAGARI;
import static java.lang.Character.UnicodeScript.ETHIOPIC;
import static java.lang.Character.UnicodeScript.GEORGIAN;
import static java.lang.Character.UnicodeScript.GREEK;
import static java.lang.Character.UnicodeScript.GUJARATI;
import static java.lang.Character.UnicodeScript.GURMUKHI;
import static java.lang.Character.UnicodeScript.HAN;
import static java.lang.Character.UnicodeScript.HANGUL;
import static java.lang.Character.UnicodeScript.HEBREW;
import static java.lang.Character.UnicodeScript.HIRAGANA;
import static java.lang.Character.UnicodeScript.KANNADA;
import static java.lang.Character.UnicodeScript.KATAKANA;
import static java.lang.Character.UnicodeScript.KHMER;
import static java.lang.Character.UnicodeScript.LAO;
import static java.lang.Character.UnicodeScript.LATIN;
import static java.lang.Character.UnicodeScript.MALAYALAM;
import static java.lang.Character.UnicodeScript.MONGOLIAN;
import static java.lang.Character.UnicodeScript.MYANMAR;
import static java.lang.Character.UnicodeScript.OL_CHIKI;
import static java.lang.Character.UnicodeScript.ORIYA;
import static java.lang.Character.UnicodeScript.SINHALA;
import static java.lang.Character.UnicodeScript.TAMIL;
import static java.lang.Character.UnicodeScript.TELUGU;
import static java.lang.Character.UnicodeScript.THAANA;
import static java.lang.Character.UnicodeScript.THAI;
import static java.lang.Character.UnicodeScript.TIBETAN;
import static java.lang.Character.UnicodeScript.TIFINAGH;
import static java.lang.Character.UnicodeScript.YI;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The scripts that languages are written in. */
final class Scripts {
  private static final Pattern TAG = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*");

  /** Of the languages that are not written in Latin script, or not in it alone. */
  private static final Map<String, Set<UnicodeScript>> BY_LANGUAGE = new HashMap<>();

  /** Of the codes of several scripts together (ISO 15924). */
  private static final Map<String, Set<UnicodeScript>> BY_CODE =
      Map.of(
          "Hans", EnumSet.of(HAN),
          "Hant", EnumSet.of(HAN, BOPOMOFO),
          "Jpan", EnumSet.of(HAN, HIRAGANA, KATAKANA),
          "Kore", EnumSet.of(HANGUL, HAN));

  static {
    write("ar arc arz apc ary acm ckb fa ks pnb ps sd ug ur", ARABIC);
    write("az bs sr uz", LATIN, CYRILLIC);
    write("kk", CYRILLIC, LATIN, ARABIC);
    write("ku", LATIN, ARABIC);
    write("ab av ba be bg ce cv kv ky mk myv os ru sah tg tt tyv udm uk", CYRILLIC);
    write("mn", CYRILLIC, MONGOLIAN);
    write("hy", ARMENIAN);
    write("el grc", GREEK);
    write("he yi", HEBREW);
    write("am ti gez", ETHIOPIC);
    write("ka", GEORGIAN);
    write("hi mr ne sa bho mai kok brx dgo awa hne mag", DEVANAGARI);
    write("as bn mni", BENGALI);
    write("pa", GURMUKHI, ARABIC);
    write("gu", GUJARATI);
    write("or", ORIYA);
    write("ta", TAMIL);
    write("te", TELUGU);
    write("kn", KANNADA);
    write("ml", MALAYALAM);
    write("si", SINHALA);
    write("sat", OL_CHIKI);
    write("dv", THAANA);
    write("th", THAI);
    write("lo", LAO);
    write("km", KHMER);
    write("my shn", MYANMAR);
    write("bo dz", TIBETAN);
    write("ii", YI);
    write("zgh ber", TIFINAGH, LATIN);
    write("zh yue wuu cmn lzh", HAN, BOPOMOFO);
    write("ja", HAN, HIRAGANA, KATAKANA);
    write("ko", HANGUL, HAN);
    write("iu cr", CANADIAN_ABORIGINAL, LATIN);
  }

  private Scripts() {}

  private static void write(String languages, UnicodeScript first, UnicodeScript... more) {
    for (String language : languages.split(" ", -1)) {
      BY_LANGUAGE.put(language, EnumSet.of(first, more));
    }
  }

  /**
   * The scripts of a language: the one that its tag names, or else the usual ones.
   *
   * @throws IllegalArgumentException if it is no tag; it is the message
   */
  static Set<UnicodeScript> of(String tag) {
    if (!TAG.matcher(tag).matches()) {
      throw new IllegalArgumentException(tag);
    }
    Locale locale = Locale.forLanguageTag(tag);
    if (locale.getLanguage().isEmpty()) {
      throw new IllegalArgumentException(tag);
    }
    String code = locale.getScript();
    if (code.isEmpty()) {
      return BY_LANGUAGE.getOrDefault(locale.getLanguage(), EnumSet.of(LATIN));
    }
    Set<UnicodeScript> several = BY_CODE.get(code);
    try {
      return several == null ? EnumSet.of(UnicodeScript.forName(code)) : several;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(tag, e);
    }
  }
}
