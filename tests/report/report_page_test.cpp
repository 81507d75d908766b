// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_page.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace freebits::cli {
namespace {

using nlohmann::json;

/// Two layers, one target, two candidates: the least that has everything.
json small_result() {
  const json candidate = {
      {"id", "uniform-8"},
      {"method", "uniform"},
      {"label", "8 bit"},
      {"price", nullptr},
      {"accuracy_post_training", 0.8},
      {"accuracy_float_quantized", 0.82},
      {"accuracy_integer", 0.82},
      {"cycles_table", 1000},
      {"cycles_measured", nullptr},
      {"bops", 64000},
      {"weight_bytes", 100},
      {"bits", {{"weights", {{"stem", 8}}}, {"activations", {{"input", 8}, {"stem", 8}}}}},
      {"layer_cycles", {900, 100}},
      {"accounting", nullptr}};
  json other = candidate;
  other["id"] = "exact-1";
  return {{"schema", {{"name", "freebits.search"}, {"version", 1}}},
          {"freebits", {{"version", "0.1.0"}, {"git", "abc"}}},
          {"network", "tiny"},
          {"dataset", "synthetic"},
          {"float_accuracy", 0.83},
          {"max_drop", 0.5},
          {"layers",
           {{{"name", "stem"},
             {"kind", "conv"},
             {"macs", 1000},
             {"inputs", {"input"}},
             {"output", "stem"}},
            {{"name", "pool"},
             {"kind", "average_pool"},
             {"macs", 0},
             {"inputs", {"stem"}},
             {"output", "pool"}}}},
          {"targets",
           {{{"name", "mixed"},
             {"target", {{"name", "mixed"}, {"hash", "1"}}},
             {"candidates", {candidate, other}},
             {"front", {"uniform-8"}},
             {"chosen", "uniform-8"}}}}};
}

std::string error_of(const json& result) {
  try {
    check_result(result);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// The JSON that stands in the page.
json result_in(const std::string& page) {
  const std::string begin = "<script id=\"result\" type=\"application/json\">";
  const std::size_t from = page.find(begin) + begin.size();
  return json::parse(page.substr(from, page.find("</script", from) - from));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++count;
  return count;
}

TEST(ReportPage, HasTheResultInItAsItWas) {
  const json result = small_result();
  EXPECT_EQ(result_in(report_page(result)), result);
  EXPECT_EQ(result_in(report_page(nlohmann::ordered_json(result))), result);
}

TEST(ReportPage, IsTheSameForTheSameResult) {
  EXPECT_EQ(report_page(small_result()), report_page(small_result()));
}

TEST(ReportPage, NoNameEndsTheScriptThatHoldsIt) {
  json result = small_result();
  const std::size_t scripts = count_of(report_page(result), "</script");
  result["network"] = "</script><script>alert(1)</script><!--\"'&\\ \u2028 \xc3\xa4 @RESULT@";
  const std::string page = report_page(result);
  EXPECT_EQ(result_in(page), result);
  EXPECT_EQ(count_of(page, "</script"), scripts);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
}

TEST(ReportPage, TextThatIsNotUnicodeIsReplacedNotRefused) {
  json result = small_result();
  result["dataset"] = "cifar\xff";
  EXPECT_EQ(result_in(report_page(result))["dataset"], "cifar\xef\xbf\xbd");
}

TEST(ReportPage, NamesNoAddressOnAnyNetworkThatItWouldLoad) {
  const std::string page = report_page(small_result());
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* part : {"src=", "@import", "url(http", "href=\"http"}) {
    EXPECT_EQ(page.substr(0, page.find("<script")).find(part), std::string::npos) << part;
  }
}

TEST(ReportPage, CarriesTheLicencesOfWhatIsBundled) {
  const std::string page = report_page(small_result());
  EXPECT_NE(page.find("@observablehq/plot 0.6.17: Copyright"), std::string::npos);
  EXPECT_NE(page.find("Permission to use, copy, modify, and/or distribute"), std::string::npos);
}

TEST(ReportCheck, ToleratesKeysItDoesNotKnow) {
  json result = small_result();
  result["later"] = {1, 2};
  result["targets"][0]["candidates"][0]["energy"] = 3;
  EXPECT_EQ(error_of(result), "");
}

TEST(ReportCheck, ToleratesAnInterruptedResult) {
  json result = small_result();
  result["finished"] = false;
  json& target = result["targets"][0];
  target["chosen"] = nullptr;
  target["front"] = json::array();
  target["candidates"][1]["accuracy_integer"] = nullptr;
  target["candidates"][1].erase("layer_cycles");
  EXPECT_EQ(error_of(result), "");
  target["candidates"] = json::array();
  EXPECT_EQ(error_of(result), "");
  result["targets"] = json::array();
  EXPECT_EQ(error_of(result), "");
}

TEST(ReportCheck, EveryKeyThatIsNeededIsMissedByItsPath) {
  for (const char* path : {"/schema",
                           "/schema/name",
                           "/schema/version",
                           "/freebits/version",
                           "/network",
                           "/dataset",
                           "/float_accuracy",
                           "/max_drop",
                           "/layers",
                           "/layers/1/name",
                           "/layers/0/inputs",
                           "/targets",
                           "/targets/0/name",
                           "/targets/0/target",
                           "/targets/0/candidates",
                           "/targets/0/front",
                           "/targets/0/chosen",
                           "/targets/0/candidates/1/id",
                           "/targets/0/candidates/1/bits",
                           "/targets/0/candidates/1/bits/weights",
                           "/targets/0/candidates/1/cycles_measured"}) {
    json result = small_result();
    const json::json_pointer pointer(path);
    result[pointer.parent_pointer()].erase(pointer.back());
    std::string dotted;
    for (json::json_pointer p = pointer; !p.empty(); p.pop_back()) {
      const bool index = std::isdigit(static_cast<unsigned char>(p.back()[0])) != 0;
      dotted = (index ? "[" + p.back() + "]" : (p.parent_pointer().empty() ? "" : ".") + p.back()) +
               dotted;
    }
    EXPECT_EQ(error_of(result).rfind(dotted + ": missing", 0), 0U)
        << dotted << ": " << error_of(result);
  }
}

TEST(ReportCheck, WhatIsWrongIsSaidWithWhatWouldBeRight) {
  struct Case {
    std::function<void(json&)> damage;
    const char* error;
  };
  const Case cases[] = {
      {[](json& r) { r = json::array(); }, "the document: is an array; expected an object"},
      {[](json& r) { r["schema"]["version"] = 2; },
       "schema.version: is 2; expected 1, the version this freebits reads"},
      {[](json& r) { r["schema"]["name"] = "freebits.train"; },
       "schema.name: is \"freebits.train\"; expected \"freebits.search\", as freebits search "
       "writes"},
      {[](json& r) { r["methods"] = "all"; }, "methods: is \"all\"; expected an array"},
      {[](json& r) {
         r["methods"] = {{{"name", "exact"}, {"description", 3}}};
       },
       "methods[0].description: is 3; expected text"},
      {[](json& r) { r["targets"][0]["chosen"] = "best"; },
       "targets[0].chosen: is \"best\"; expected the id of a candidate of the target"},
      {[](json& r) { r["targets"][0]["front"][0] = 3; },
       "targets[0].front[0]: is 3; expected the id of a candidate of the target"},
      {[](json& r) { r["targets"][0]["candidates"][1]["id"] = "uniform-8"; },
       "targets[0].candidates[1].id: is \"uniform-8\"; expected an id that no other candidate of "
       "the "
       "target has"},
      {[](json& r) { r["targets"][0]["candidates"][0]["layer_cycles"] = {1}; },
       "targets[0].candidates[0].layer_cycles: has 1 entries; expected one a layer, 2"},
      {[](json& r) { r["targets"][0]["candidates"][0]["accuracy_integer"] = "good"; },
       "targets[0].candidates[0].accuracy_integer: is \"good\"; expected a number or null"},
      {[](json& r) { r["targets"][0]["candidates"][0]["bits"]["weights"]["stem"] = "8"; },
       "targets[0].candidates[0].bits.weights.stem: is \"8\"; expected a width in bits"},
  };
  for (const Case& c : cases) {
    json result = small_result();
    c.damage(result);
    EXPECT_EQ(error_of(result), c.error);
  }
}

}  // namespace
}  // namespace freebits::cli
