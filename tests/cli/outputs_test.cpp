// SPDX-License-Identifier: Apache-2.0
// Where results go: standard output that is full or closed, devices, /dev/shm, one writer at a
// time.
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "idx_set.hpp"
#include "program.hpp"

namespace freebits::test {
namespace {

const std::string kTiny = "run mobilenet_v1:width=0.1,resolution=16,classes=5 ";

class Outputs : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write_idx_split(file("train"), 192);
    write_idx_split(file("t10k"), 64);
  }
  /// What a shell says of a command with FREEBITS in it: exit code and standard error.
  [[nodiscard]] Outcome shell(std::string text) const {
    for (std::size_t at; (at = text.find("FREEBITS")) != std::string::npos;)
      text.replace(at, 8, FREEBITS_PROGRAM);
    const int status = std::system(("cd " + folder.string() + "; " + text).c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(file("out")), read(file("err"))};
  }
  void expect_refused(const std::string& text, const std::string& part) const {
    const Outcome outcome = shell(text);
    EXPECT_EQ(outcome.code, 2) << text << outcome.err;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << text << outcome.err;
  }
  [[nodiscard]] std::string train(const std::string& more) const {
    return "train mobilenet_v1:width=0.1 --dataset idx:" + folder.string() +
           " --batch 32 --threads 1 " + more;
  }
};

TEST_F(Outputs, StandardOutputThatIsFullIsAnError) {
  for (const char* what : {"--version", "--help", "targets", "run --help"}) {
    expect_refused(std::string("FREEBITS ") + what + " >/dev/full 2>err",
                   "freebits: standard output: No space left on device");
    const Outcome outcome = shell(std::string("FREEBITS ") + what + " >/dev/full 2>err");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
  expect_refused("FREEBITS " + kTiny + "--json - >/dev/full 2>err", "standard output");
  EXPECT_EQ(shell("FREEBITS --version >out 2>err").code, 0);
}

TEST_F(Outputs, StandardOutputThatIsClosedIsAnErrorAndNoFileIsTakenForIt) {
  expect_refused("FREEBITS --version >&- 2>err", "standard output: Bad file descriptor");
  expect_refused("FREEBITS " + train("--epochs 1 --out x.ckpt --json x.json") + " >&- 2>err",
                 "standard output: Bad file descriptor");
  // Its files are whole all the same.
  EXPECT_EQ(shell("FREEBITS train x.ckpt --evaluate-only >out 2>err").code, 0);
  EXPECT_TRUE(nlohmann::json::parse(read(file("x.json"))).at("finished"));
  // What is said on a closed standard error is lost, and no more.
  EXPECT_EQ(shell("FREEBITS " + kTiny + "--json y.json 2>&- >out").code, 0);
}

TEST_F(Outputs, AFileIsReplacedWhereverItLiesUnlessItCannotBe) {
  const std::string shm = "/dev/shm/freebits_outputs_" + std::to_string(::getpid());
  if (!fs::is_directory("/dev/shm")) GTEST_SKIP() << "there is no /dev/shm";
  fs::create_directories(shm);
  std::ofstream(shm + "/x.json") << "as before";
  fs::create_hard_link(shm + "/x.json", shm + "/before");
  EXPECT_EQ(run(kTiny + "--json " + shm + "/x.json").code, 0);
  EXPECT_EQ(read(shm + "/before"), "as before") << "not written to in place";
  EXPECT_TRUE(nlohmann::json::parse(read(shm + "/x.json")).at("bit_exact"));
  EXPECT_EQ(run(train("--epochs 1 --out " + shm + "/x.ckpt")).code, 0);
  EXPECT_TRUE(fs::exists(shm + "/x.ckpt"));
  fs::remove_all(shm);

  EXPECT_EQ(shell("FREEBITS " + kTiny + "--json /dev/stdout >out 2>err").code, 0);
  EXPECT_TRUE(nlohmann::json::parse(read(file("out"))).at("bit_exact"));
  EXPECT_EQ(shell("FREEBITS " + kTiny + "--json /dev/stdout 2>err | cat >out").code, 0);
  EXPECT_TRUE(nlohmann::json::parse(read(file("out"))).at("bit_exact"));
  EXPECT_EQ(run(kTiny + "--json /dev/null").code, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  expect_refusal(train("--out /dev/null"), "regular file");
}

/// The first of two is stopped as soon as the second has been refused.
TEST_F(Outputs, ACheckpointHasOneWriter) {
  const std::string endless = train("--epochs 100000 --out x.ckpt");
  const Outcome outcome = shell(
      "FREEBITS " + endless +
      " >first 2>&1 & p=$!; while ! [ -e x.ckpt ] && kill -0 $p; do sleep "
      "0.02; done; FREEBITS " +
      endless + " --overwrite >out 2>err; code=$?; FREEBITS " + train("--resume --out x.ckpt") +
      " >out 2>err2; resumed=$?; kill -TERM $p; wait $p; "
      "first=$?; echo $p >pid; [ $first = 3 ] && [ $resumed = 2 ] && exit $code; exit 99");
  EXPECT_EQ(outcome.code, 2) << outcome.err << read(file("first"));
  std::string process = read(file("pid"));
  process.pop_back();
  EXPECT_NE(outcome.err.find("x.ckpt: process " + process + " ("), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("name another with --out"), std::string::npos) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_EQ(read(file("err2")), outcome.err);
  EXPECT_FALSE(fs::exists(file("x.ckpt.lock")));
  EXPECT_EQ(shell("FREEBITS train x.ckpt --evaluate-only >out 2>err").code, 0);
}

TEST_F(Outputs, AResultFolderHasOneSearch) {
  const std::string search = "search mobilenet_v1:width=0.1 --dataset idx:" + folder.string() +
                             " --batch 32 --threads 1 --epochs 100000 --target mixed --store s.db "
                             "--out r";
  const Outcome outcome =
      shell("FREEBITS " + search +
            " >first 2>&1 & p=$!; while ! [ -e r/float.ckpt ] && kill -0 $p; do "
            "sleep 0.02; done; FREEBITS " +
            search +
            " >out 2>err; code=$?; kill -TERM $p; wait $p; "
            "first=$?; [ $first = 3 ] && exit $code; exit 99");
  EXPECT_EQ(outcome.code, 2) << outcome.err << read(file("first"));
  EXPECT_NE(outcome.err.find("r: process "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("searches there"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(file("r/lock")));
}

/// Nobody writes to the pipe: opening it never returns, and no loop of ours is there to ask.
TEST_F(Outputs, WhatDoesNotStopByItselfIsEnded) {
  ASSERT_EQ(::mkfifo(file("fifo").c_str(), 0600), 0);
  for (const char* signal : {"INT", "TERM"}) {
    const Outcome outcome =
        run("report " + file("fifo"),
            std::string("timeout --preserve-status -k 30 -s ") + signal + " 1 ");
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_NE(outcome.err.find("does not stop by itself"), std::string::npos) << outcome.err;
  }
}

/// Calibrating this network takes many minutes; that it does not fit is known at once.
TEST_F(Outputs, WhatDoesNotFitIsKnownBeforeTheWork) {
  expect_refusal("run mobilenet_v1:width=4,resolution=1024", " needs ");
  expect_refusal(kTiny + "--checkpoint " + file("none/state"), "none does not exist");
  std::ofstream(file("file")) << "x";
  expect_refusal(kTiny + "--dump " + file("file"), "file: ");
}

}  // namespace
}  // namespace freebits::test
