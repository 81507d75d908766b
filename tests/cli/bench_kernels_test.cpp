// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace freebits::test {
namespace {

class BenchKernels : public Program {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
  }
  void expect_refusal(const std::string& arguments, const std::string& text) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments << '\n' << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
  }
};

TEST_F(BenchKernels, MeasuresExactlyAndTheSameEachTime) {
  const std::string what = "bench kernels --kernels fully_connected --levels xpulpv2,flexv ";
  ASSERT_EQ(run(what + "--json " + file("a.json") + " --jobs 2").code, 0);
  ASSERT_EQ(run(what + "--json " + file("b.json") + " --jobs 1").code, 0);
  const auto document = nlohmann::json::parse(read(file("a.json")));
  EXPECT_EQ(document.at("schema").at("name"), "freebits.bench.kernels");
  const auto& results = document.at("results");
  EXPECT_EQ(results.size(), 2U * 9);
  for (const auto& r : results) {
    EXPECT_EQ(r.at("kernel"), "fully_connected");
    EXPECT_TRUE(r.at("bit_exact"));
    EXPECT_EQ(r.at("macs"), 512 * 64);
    EXPECT_EQ(r.at("cores"), 8);
    EXPECT_LE(r.at("macs_per_cycle").get<double>(), r.at("roof_macs_per_cycle").get<double>());
  }
  EXPECT_EQ(results, nlohmann::json::parse(read(file("b.json"))).at("results"));
}

TEST_F(BenchKernels, TakesShapesFromAFile) {
  write("shapes.json", R"([
    {"kernel": "add", "height": 3, "width": 5, "channels": 9, "out_channels": 9, "stride": 1},
    {"kernel": "average_pool", "height": 3, "width": 5, "channels": 9, "out_channels": 9, "stride": 1},
    {"kernel": "max_pool", "height": 5, "width": 4, "channels": 9, "out_channels": 9, "stride": 2}])");
  ASSERT_EQ(run("bench kernels --levels xpulpv2,mixed --shapes " + file("shapes.json") +
                " --json " + file("a.json"))
                .code,
            0);
  const auto document = nlohmann::json::parse(read(file("a.json")));
  EXPECT_EQ(document.at("results").size(), 2U * (9 + 3 + 3));
  for (const auto& r : document.at("results")) EXPECT_TRUE(r.at("bit_exact")) << r;
}

TEST_F(BenchKernels, RefusesWhatThereIsNot) {
  expect_refusal("bench kernels --kernels deconv", "--kernels deconv: expected some of conv3x3");
  expect_refusal("bench kernels --levels avx", "--levels avx: expected some of rv32imc");
  expect_refusal("bench kernels --target xpulpv2 --levels flexv",
                 "--levels flexv: expected some of rv32imc, xpulpv2");
  expect_refusal("bench kernels --shapes /nowhere.json", "/nowhere.json: cannot be opened");
  write("shapes.json",
        R"([{"kernel":"add","height":2,"width":2,"channels":0,"out_channels":4,"stride":1}])");
  expect_refusal("bench kernels --shapes " + file("shapes.json"),
                 "entry 1: channels: 0, expected a whole number, 1 to 65535");
  write("shapes.json", R"([{"kernel":"add","hight":2}])");
  expect_refusal("bench kernels --shapes " + file("shapes.json"),
                 "entry 1: key \"height\" is missing; the nearest is \"hight\"");
  write("shapes.json", "[{");
  expect_refusal("bench kernels --shapes " + file("shapes.json"), "shapes.json: ");
  expect_refusal("bench kernels --jobs 0", "--jobs 0: must be at least 1");
  expect_refusal("bench kernels --cores 3", "1, 2, 4, 8 or 16");
}

}  // namespace
}  // namespace freebits::test
