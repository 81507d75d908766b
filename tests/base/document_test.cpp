// SPDX-License-Identifier: Apache-2.0
// What parse_json, parse_cbor and parse_toml refuse, and in which words.
#include "base/document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <stdexcept>

#include "base/error.hpp"
#include "base/toml.hpp"

namespace freebits {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What `call` complains of; empty when it does not.
std::string complaint(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string json(const std::string& text) {
  return complaint([&] { (void)parse_json(text, "a.json"); });
}
std::string cbor(const std::string& bytes) {
  return complaint([&] { (void)parse_cbor(bytes, "a.fb"); });
}
std::string toml_text(const std::string& text) {
  return complaint([&] { (void)parse_toml(text, "a.toml"); });
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string nested_json(unsigned depth) {
  return std::string(depth, '[') + "1" + std::string(depth, ']');
}

const std::string kDeeper = "nested deeper than 100, expected at most that";

TEST(ParseJson, ReadsWhatTheLibraryReads) {
  const std::string text =
      R"({"b": [1, -2, 3.5, true, null, "x\n"], "a": {}, "c": 18446744073709551615, "d": []})";
  EXPECT_EQ(parse_json(text, "a.json"), Json::parse(text));
  EXPECT_EQ(parse_json(text, "a.json").dump(), Json::parse(text).dump());  // the order too
  EXPECT_EQ(parse_json(" 7 ", "a.json"), 7);
}

TEST(ParseJson, NestsAHundredDeepAndNoDeeper) {
  EXPECT_EQ(json(nested_json(kMostDepth)), "");
  EXPECT_EQ(json(nested_json(kMostDepth + 1)), "a.json: " + kDeeper);
  EXPECT_EQ(json(nested_json(40'000)), "a.json: " + kDeeper);
  EXPECT_EQ(json(std::string(10'000'000, '[')), "a.json: " + kDeeper);
  EXPECT_EQ(json(repeated("{\"a\":", 40'000)), "a.json: " + kDeeper);
}

TEST(ParseJson, SaysWhereInWordsOfOurOwn) {
  EXPECT_EQ(json("{\"a\": 1,\n  x}"),
            "a.json: not JSON: line 2, column 3: '1,<U+000A>  x' cannot stand here");
  EXPECT_EQ(json("[1] 2"), "a.json: not JSON: line 1, column 5: '2' cannot stand here");
  const std::string ends = "the text ends in the middle of the document";
  EXPECT_EQ(json("[1, 2"), "a.json: not JSON: line 1, column 6: " + ends);
  EXPECT_EQ(json(""), "a.json: not JSON: line 1, column 1: " + ends);
  EXPECT_EQ(json(R"({"a": 1, "a": 2})"), "a.json: key \"a\" stands twice, expected once");
}

TEST(ParseJson, RefusesNumbersBeyondADouble) {
  const std::string large = "is too large, expected at most 1.8e308";
  EXPECT_EQ(json(R"({"max_drop": 1e999})"), "a.json: line 1, column 18: the number 1e999 " + large);
  EXPECT_THAT(json("-1" + std::string(400, '0')), HasSubstr(large));
}

TEST(ParseJson, ShowsNoControlCharacters) {
  EXPECT_EQ(json("{\"a\": \"\x1b[31m\"}"),
            "a.json: not JSON: line 1, column 8: '\"<U+001B>' cannot stand here");
  EXPECT_EQ(json("{\"a\": \"\xff\"}"),
            "a.json: not JSON: line 1, column 8: '\"\\xff' cannot stand here");
}

TEST(ParseJson, TakesManyKeysInLinearTime) {
  std::string text = "{";
  for (unsigned i = 0; i < 300'000; ++i) text += fmt::format("{}\"{}\":0", i == 0 ? "" : ",", i);
  EXPECT_EQ(parse_json(text + "}", "a.json").size(), 300'000U);
}

std::string sealed(const Json& document) {
  std::string bytes;
  Json::to_cbor(document, bytes);
  return bytes;
}

TEST(ParseCbor, ReadsWhatTheLibraryWrites) {
  const Json document = {{"b", {1, -2, 3.5, 1e300, true, nullptr, "x"}},
                         {"a", Json::object()},
                         {"c", 18446744073709551615U},
                         {"d", Json::binary({1, 2, 3})}};
  EXPECT_EQ(parse_cbor(sealed(document), "a.fb").dump(), document.dump());
}

TEST(ParseCbor, NestsAHundredDeepAndNoDeeper) {
  EXPECT_EQ(cbor(std::string(kMostDepth, '\x81') + '\x01'), "");
  EXPECT_THAT(cbor(std::string(kMostDepth + 1, '\x81') + '\x01'), HasSubstr(kDeeper));
  EXPECT_THAT(cbor(std::string(1'000'000, '\x81')), HasSubstr(kDeeper));
  EXPECT_THAT(cbor(repeated("\xa1\x61"
                            "a",
                            40'000) +
                   '\x01'),
              HasSubstr(kDeeper));
}

// The library recurses in the chunks of texts and bytes of indefinite length, and in tags.
TEST(ParseCbor, RefusesIndefiniteLengthsAndTags) {
  for (const char head : {'\x5f', '\x7f', '\x9f', '\xbf'}) {
    EXPECT_EQ(
        cbor(std::string(1'000'000, head)),
        "a.fb: at byte 0 of 1000000 of its CBOR: an indefinite or reserved length, expected a "
        "definite one");
  }
  EXPECT_THAT(cbor(std::string(1'000'000, '\xc1')),
              HasSubstr("at byte 0 of 1000000 of its CBOR: a tag"));
}

TEST(ParseCbor, RefusesLengthsBeyondItsBytes) {
  const std::string huge("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  for (const char head : {'\x5b', '\x7b', '\x9b', '\xbb'}) {
    EXPECT_THAT(cbor(head + huge), HasSubstr("expected at most the 0 that are left"));
  }
  EXPECT_THAT(cbor("\x82\x01"), HasSubstr("expected at most the 1 that are left"));
  EXPECT_THAT(cbor(""), HasSubstr("expected at most the 0 that are left"));
  EXPECT_THAT(cbor("\x01\x02"), HasSubstr("1 bytes more, expected the end"));
  EXPECT_THAT(cbor("\xa1\x01\x02"), StartsWith("a.fb: at byte"));  // a key that is no text
}

TEST(ParseToml, ReadsWhatTheLibraryReads) {
  const std::string text =
      "a.b = 1 # [[[ \n[c]\nd = \"]...\\\"...\" \ne = [[1.5, 2.5], [3.5]]\nf = '''\n[[['''\n";
  std::ostringstream got, expected;
  got << parse_toml(text, "a.toml");
  expected << toml::parse(text);
  EXPECT_EQ(got.str(), expected.str());
}

TEST(ParseToml, NestsAHundredDeepAndNoDeeper) {
  EXPECT_EQ(toml_text("a = " + nested_json(kMostDepth) + "\n"), "");
  EXPECT_EQ(toml_text("\na = " + nested_json(kMostDepth + 1)), "a.toml:2: " + kDeeper);
  EXPECT_EQ(toml_text("a = " + std::string(1'000'000, '[')), "a.toml:1: " + kDeeper);
  EXPECT_EQ(toml_text("a = " + repeated("{a=", 1'000'000)), "a.toml:1: " + kDeeper);
  EXPECT_EQ(toml_text(fmt::format("[{}a]", repeated("a.", 1'000'000))), "a.toml:1: " + kDeeper);
  EXPECT_EQ(toml_text(repeated("a.", 1'000'000) + "a = 1"), "a.toml:1: " + kDeeper);
  EXPECT_EQ(toml_text("a = " + repeated("{a.a.a.a.a=", 30)), "a.toml:1: " + kDeeper);
  EXPECT_EQ(toml_text(fmt::format("a = [{}]", repeated("1.5, ", 1000))), "");
}

TEST(ParseToml, SaysWhereInOneLine) {
  EXPECT_THAT(toml_text("\na = = 1"), StartsWith("a.toml:2: not TOML: "));
  EXPECT_THAT(toml_text("a = \"\x1b\""), StartsWith("a.toml:1: not TOML: "));
  EXPECT_EQ(toml_text("a = \"\x1b\"").find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace freebits
