// SPDX-License-Identifier: Apache-2.0
// The freebits program as a user meets it: exit codes, one-line errors, documents.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "../tb/programs.hpp"

namespace freebits::test {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out, err;
};

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_cli_" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  [[nodiscard]] std::string file(const std::string& name) const { return (folder / name).string(); }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    const std::string command =
        std::string(FREEBITS_PROGRAM) + " " + arguments + " >" + file("out") + " 2>" + file("err");
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(file("out")), read(file("err"))};
  }
  /// Bad input: exit code 2 and one line on standard error that contains `part`.
  void expect_refusal(const std::string& arguments, const std::string& part) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }

  fs::path folder;
};

TEST_F(Program, ExplainsItself) {
  EXPECT_EQ(run("--help").code, 0);
  EXPECT_NE(run("exec --help").out.find("--check"), std::string::npos);
  EXPECT_NE(run("--version").out.find("rtl"), std::string::npos);
}

TEST_F(Program, RefusesBadInputInOneLine) {
  exits_with(0).write(file("ok.elf"));
  std::ofstream(file("text")) << "text";
  expect_refusal("", "subcommand");
  expect_refusal("nonsense", "nonsense");
  expect_refusal("exec", "ELF");
  expect_refusal("exec " + file("missing.elf"), "No such file");
  expect_refusal("exec " + file("text"), "not an ELF file");
  expect_refusal("exec " + file("ok.elf") + " --isa rv64",
                 "one of rv32imc, xpulpv2, xpulpnn, mixed, flexv");
  expect_refusal("exec " + file("ok.elf") + " --model --check", "--model");
  expect_refusal("exec " + file("ok.elf") + " --memory 12", "BASE:SIZE");
  expect_refusal("exec " + file("ok.elf") + " --memory 0:0x1000", "lies outside memory");
  expect_refusal("exec " + file("ok.elf") + " --max-cycles 0", "--max-cycles");
  expect_refusal("exec " + file("ok.elf") + " --stall-probability 2", "between 0 and 0.95");
  expect_refusal("exec " + file("ok.elf") + " --json /nowhere/x.json", "/nowhere does not exist");
  expect_refusal("exec " + file("ok.elf") + " --trace /nowhere/x.fst", "/nowhere does not exist");
  expect_refusal("exec " + file("ok.elf") + " --bogus", "--bogus");
}

TEST_F(Program, PassesOnTheProgramsFailure) {
  exits_with(3).write(file("three.elf"));
  for (const char* how : {"", " --model", " --check"}) {
    const Outcome outcome = run("exec " + file("three.elf") + how);
    EXPECT_EQ(outcome.code, 1) << how;
    EXPECT_NE(outcome.err.find("program exited with code 3"), std::string::npos) << outcome.err;
  }
}

TEST_F(Program, WritesADocumentWhoseCyclesAddUp) {
  exits_with(0).write(file("ok.elf"));
  ASSERT_EQ(run("exec --isa xpulpv2 " + file("ok.elf") + " --json " + file("r.json")).code, 0);
  const auto json = nlohmann::json::parse(read(file("r.json")));
  EXPECT_EQ(json.at("schema").at("name"), "freebits.exec");
  EXPECT_EQ(json.at("exit_code"), 0);
  EXPECT_EQ(json.at("target").at("isa"), "xpulpv2");
  for (const char* name :
       {"freebits", "rtl_hash", "sw_hash", "seed", "wall_seconds", "simulated_cycles_per_second"}) {
    EXPECT_TRUE(json.contains(name)) << name;
  }
  const auto& core = json.at("cores").at(0);
  std::uint64_t sum = 0;
  for (const auto& [name, cycles] : core.at("accounting").items())
    sum += cycles.get<std::uint64_t>();
  EXPECT_EQ(sum, core.at("cycles"));
  EXPECT_EQ(sum, json.at("cycles"));
  EXPECT_EQ(core.at("accounting").size(), 8U);
  EXPECT_DOUBLE_EQ(core.at("cpi"),
                   core.at("cycles").get<double>() / core.at("instructions").get<double>());
}

TEST_F(Program, SendsTheDocumentToStandardOutputAlone) {
  exits_with(0).write(file("ok.elf"));
  const Outcome outcome = run("exec " + file("ok.elf") + " --json -");
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("exit_code"), 0);
}

TEST_F(Program, LogsEveryInstructionAndTracesTheWaves) {
  exits_with(0).write(file("ok.elf"));
  ASSERT_EQ(
      run("exec " + file("ok.elf") + " --instructions " + file("log") + " --trace " + file("t.fst"))
          .code,
      0);
  EXPECT_NE(read(file("log")).find("lui a0, 0x80000"), std::string::npos) << read(file("log"));
  EXPECT_FALSE(fs::exists(file("log.part")));
  EXPECT_GT(fs::file_size(file("t.fst")), 1000U);
}

TEST_F(Program, SaysSoWhenTheDiskIsFull) {
  exits_with(0).write(file("ok.elf"));
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  EXPECT_EQ(run("exec " + file("ok.elf") + " --json - >/dev/full; exit $?").code, 2);
}

}  // namespace
}  // namespace freebits::test
