// SPDX-License-Identifier: Apache-2.0
// freebits train, from the command line. Images come from an IDX set made here: small and quick.
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/sealed.hpp"
#include "idx_set.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace freebits::test {
namespace {

using Json = nlohmann::json;

class Train : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write_idx_split(file("train"), 192);
    write_idx_split(file("t10k"), 64);
  }

  /// A run on it, 6 steps an epoch.
  [[nodiscard]] std::string tiny(const std::string& more) const {
    return "train mobilenet_v1:width=0.1 --dataset idx:" + folder.string() +
           " --batch 32 --threads 1 " + more;
  }
  /// Sends SIGTERM as soon as there is a checkpoint: the first is written before the first step.
  [[nodiscard]] Outcome run_stopped(const std::string& arguments,
                                    const std::string& checkpoint) const {
    const std::string command = FREEBITS_PROGRAM " " + arguments + " >" + file("out") + " 2>" +
                                file("err") + " & p=$!; while kill -0 $p 2>/dev/null && [ ! -e " +
                                checkpoint + " ]; do sleep 0.01; done; kill -TERM $p; wait $p";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(file("out")), read(file("err"))};
  }
  [[nodiscard]] Json json(const std::string& name) const { return Json::parse(read(file(name))); }
  [[nodiscard]] Json log(const std::string& name) const {
    std::ifstream lines(file(name));
    Json all = Json::array();
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }
};

TEST_F(Train, WritesCheckpointDocumentAndLog) {
  const Outcome outcome = run(tiny("--epochs 3 --warmup 0.5 --out " + file("a.ckpt") + " --json " +
                                   file("a.json") + " --log " + file("a.log")));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("epoch 3/3: loss "), std::string::npos) << outcome.out;
  const Json document = json("a.json");
  EXPECT_EQ(document.at("schema").at("name"), "freebits.train");
  EXPECT_EQ(document.at("network"), "mobilenet_v1:width=0.1,resolution=16,channels=1,classes=4");
  EXPECT_EQ(document.at("checkpoint"), file("a.ckpt"));
  EXPECT_TRUE(document.at("finished"));
  ASSERT_EQ(document.at("epochs").size(), 3U);
  double best = 0;
  for (const Json& epoch : document.at("epochs")) {
    EXPECT_GT(epoch.at("images_per_second"), 0);
    EXPECT_GT(epoch.at("train_loss"), 0);
    best = std::max<double>(best, epoch.at("test_accuracy"));
  }
  EXPECT_EQ(document.at("best_test_accuracy"), best);
  const Json lines = log("a.log");
  EXPECT_EQ(lines.size(), 6U);  // the last step of each epoch, and its end
  EXPECT_EQ(lines.at(5).at("event"), "epoch");
  EXPECT_EQ(lines.at(5).at("test_accuracy"), document.at("epochs").at(2).at("test_accuracy"));
  EXPECT_EQ(leftovers(), 0);

  const Outcome evaluated = run("train " + file("a.ckpt") + " --evaluate-only --json -");
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_EQ(Json::parse(evaluated.out).at("best_test_accuracy"), best);
}

TEST_F(Train, FineTunesACheckpointWithQuantizers) {
  ASSERT_EQ(run(tiny("--epochs 2 --out " + file("a.ckpt"))).code, 0);
  // Quantized after training: nothing but calibrated.
  const Outcome calibrated = run("train " + file("a.ckpt") + " --quantize w8a8 --epochs 0 --out " +
                                 file("b.ckpt") + " --json " + file("b.json"));
  ASSERT_EQ(calibrated.code, 0) << calibrated.err;
  EXPECT_EQ(json("b.json").at("epochs").size(), 0U);
  EXPECT_EQ(json("b.json").at("best_test_accuracy"), json("b.json").at("initial_test_accuracy"));
  const Outcome tuned = run("train " + file("a.ckpt") + " --quantize w4a4 --epochs 1 --out " +
                            file("c.ckpt") + " --json " + file("c.json"));
  ASSERT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_EQ(json("c.json").at("bits").at("weights").at(0), 4);
  EXPECT_EQ(json("c.json").at("epochs").size(), 1U);
  // The quantized checkpoint says what it is.
  const Outcome again = run("train " + file("c.ckpt") + " --evaluate-only --json -");
  EXPECT_EQ(Json::parse(again.out).at("best_test_accuracy"),
            json("c.json").at("best_test_accuracy"));
  // In integers it is as good but for ties.
  const Outcome integer =
      run("train " + file("c.ckpt") + " --evaluate-only --integer " + file("c.fb") + " --json -");
  ASSERT_EQ(integer.code, 0) << integer.err;
  const Json document = Json::parse(integer.out);
  EXPECT_NEAR(document.at("integer_test_accuracy").get<double>(),
              document.at("best_test_accuracy").get<double>(), 0.1);
  EXPECT_TRUE(fs::exists(file("c.fb")));
  expect_refusal("train " + file("a.ckpt") + " --evaluate-only --integer " + file("a.fb"),
                 "expected a quantized network");
}

TEST_F(Train, InterruptedItResumesToTheSameEnd) {
  ASSERT_EQ(run(tiny("--epochs 60 --out " + file("a.ckpt") + " --json " + file("a.json"))).code, 0);
  const Outcome stopped = run_stopped(
      tiny("--epochs 60 --out " + file("b.ckpt") + " --json " + file("b.json")), file("b.ckpt"));
  ASSERT_EQ(stopped.code, 3) << stopped.out << stopped.err;
  EXPECT_FALSE(json("b.json").at("finished"));
  const Outcome resumed =
      run(tiny("--resume --out " + file("b.ckpt") + " --json " + file("b.json")));
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  const Json a = json("a.json").at("epochs"), b = json("b.json").at("epochs");
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (const char* name : {"train_loss", "train_accuracy", "test_loss", "test_accuracy"})
      EXPECT_EQ(a.at(i).at(name), b.at(i).at(name)) << i;
  }
}

TEST_F(Train, ResumesWhereverItsDataAreByNow) {
  ASSERT_EQ(run(tiny("--epochs 1 --out " + file("a.ckpt"))).code, 0);
  const fs::path moved = folder / "moved";
  fs::create_directory(moved);
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"})
    fs::rename(folder / name, moved / name);
  const std::string resume = "train mobilenet_v1:width=0.1 --resume --out " + file("a.ckpt");
  expect_refusal(resume, "--dataset says where");
  const Outcome resumed = run(resume + " --dataset idx:" + moved.string());
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  // Now it knows, and how the place is written does not matter.
  EXPECT_EQ(run(resume).code, 0);
  EXPECT_EQ(run(resume + " --dataset idx:" + (folder / "." / "moved").string()).code, 0);
  // Other images at the same place are others.
  write_idx_split((moved / "train").string(), 224);
  for (const std::string& data : {std::string(), " --dataset idx:" + moved.string()})
    expect_refusal(resume + data, "other images than the run in");
}

/// A checkpoint of before contents were noted in it.
TEST_F(Train, ResumesAnOldCheckpointWhereItsDataWere) {
  ASSERT_EQ(run(tiny("--epochs 1 --out " + file("a.ckpt"))).code, 0);
  Json document = read_sealed(file("a.ckpt"), {"freebits.checkpoint", 1});
  document["options"].erase("dataset_content");
  write_sealed(file("a.ckpt"), {"freebits.checkpoint", 1}, document);
  const std::string resume = "train mobilenet_v1:width=0.1 --resume --out " + file("a.ckpt");
  fs::create_directory(folder / "copy");
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"})
    fs::copy(folder / name, folder / "copy" / name);
  expect_refusal(resume + " --dataset idx:" + file("copy"), "is of before the time");
  const Outcome resumed = run(resume + " --dataset idx:" + (folder / ".").string());
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(run(resume + " --dataset idx:" + file("copy")).code, 0) << "it tells by now";
}

/// Writes a value into all of a parameter, the best one too.
void fill_parameter(const std::string& checkpoint, const std::string& name, float value) {
  constexpr FileKind kKind = {"freebits.checkpoint", 1};
  Json document = read_sealed(checkpoint, kKind);
  for (Json& parameter : document.at("parameters")) {
    if (parameter.at("name") != name) continue;
    for (const char* key : {"value", "best"}) {
      auto& bytes = parameter.at(key).get_binary();
      for (std::size_t i = 0; i < bytes.size(); i += sizeof value)
        std::memcpy(bytes.data() + i, &value, sizeof value);
    }
  }
  write_sealed(checkpoint, kKind, document);
}

/// Depthwise channels that read zeros only: their batch norms multiply by 1 / sqrt(1e-5).
TEST_F(Train, ExportsChannelsThatHardlyVary) {
  const std::string at = " --dataset idx:" + folder.string() + " --batch 32 --threads 1 --out ";
  ASSERT_EQ(run("train mobilenet_v1:width=0.25 --epochs 20 --learning-rate 0.5 --seed 2" + at +
                file("a.ckpt"))
                .code,
            0);
  ASSERT_EQ(
      run("train " + file("a.ckpt") + " --quantize w8a8 --epochs 1" + at + file("b.ckpt")).code, 0);
  const std::string command =
      "train " + file("b.ckpt") + " --evaluate-only --integer " + file("b.fb") + " --json -";
  const Outcome trained = run(command);
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Json as_trained = Json::parse(trained.out);
  EXPECT_NEAR(as_trained.at("integer_test_accuracy").get<double>(),
              as_trained.at("best_test_accuracy").get<double>(), 0.05);

  // On every machine the same, and worse.
  fill_parameter(file("b.ckpt"), "block1.depthwise.variance", 0);
  fill_parameter(file("b.ckpt"), "block1.depthwise.gamma", 20);
  const Outcome steep = run(command);
  ASSERT_EQ(steep.code, 0) << steep.err;
  const Json limited = Json::parse(steep.out).at("limited_channels");
  EXPECT_GE(std::ranges::count_if(
                limited, [](const Json& c) { return c.at("layer") == "block1.depthwise"; }),
            4);
  for (const Json& channel : limited) {
    EXPECT_GT(channel.at("scale"), channel.at("computed_scale"));
    EXPECT_GT(channel.at("error_steps"), 0);
    EXPECT_LE(channel.at("error_steps"), 255);
  }
  EXPECT_NE(steep.err.find("steeper than the chip computes, in "), std::string::npos) << steep.err;
}

TEST_F(Train, RefusesThreadsThatCannotBe) {
  const std::string command =
      "train mobilenet_v1:width=0.1 --dataset idx:" + folder.string() + " --out " + file("x.ckpt");
  expect_refusal(command + " --threads 4294967295", "--threads 4294967295: expected 1 to 1024");
  // Each thread's stack is 8 MiB of an address space of 2 GB.
  const Outcome outcome = run(command + " --threads 1000", "ulimit -v 2000000; timeout 60 ");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_NE(outcome.err.find("999 threads: the system gives this process "), std::string::npos)
      << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST_F(Train, RefusesWhatIsNotRight) {
  const std::string out = " --out " + file("x.ckpt");
  const auto refusal = [&](const std::string& arguments, const std::string& part) {
    expect_refusal(arguments, part);
    EXPECT_FALSE(fs::exists(file("x.ckpt"))) << arguments;
  };
  refusal("train nonsense" + out, "no network 'nonsense'");
  refusal("train mobilenet_v1:width=0.25,classes=7" + out, "tells 7 classes; the data set has");
  refusal("train resnet8 --dataset nowhere" + out, "data set 'nowhere': unknown");
  refusal(tiny("--resume") + out, "there is no such run to resume");
  refusal(tiny("--optimizer lion") + out, "--optimizer lion: expected sgd or adam");
  refusal(tiny("--optimizer adam --momentum 0.5") + out, "--momentum: of sgd only");
  refusal(tiny("--quantize w5a8") + out, "quantization 'w5a8': expected w8a8");
  refusal(tiny("--threshold-rule lsq") + out, "--threshold-rule: expected with --quantize");
  refusal(tiny("--quantize w8a8 --threshold-rule max") + out, "expected tqt, lsq or pact");
  refusal(tiny("--evaluate-only"), "--evaluate-only: expected --checkpoint");
  refusal(tiny("--checkpoint " + file("none.ckpt")) + out, "none.ckpt: cannot be opened");
  refusal("train mobilenet_v1:width=0.1 --dataset idx:" + folder.string() + " --threads 0" + out,
          "--threads 0");
  refusal(tiny("--learning-rate -1") + out, "learning rate: -1, expected above 0");
  refusal(tiny("--out /nowhere/x.ckpt"), "folder /nowhere does not exist");
  refusal("train resnet8 --pad-to 20" + out, "20");

  ASSERT_EQ(run(tiny("--epochs 1 --out " + file("a.ckpt"))).code, 0);
  const std::string at = "--out " + file("a.ckpt");
  expect_refusal(tiny(at), "exists; --resume continues");
  expect_refusal(tiny(at + " --resume --epochs 2"), "--epochs 2: the run in");
  expect_refusal(tiny(at + " --resume --no-augment"), "--no-augment: expected without --resume");
  expect_refusal("train resnet8 --resume " + at, "of another network");
  EXPECT_EQ(run(tiny(at + " --resume")).code, 0);  // finished: nothing to do
  EXPECT_EQ(run(tiny(at + " --epochs 1 --overwrite")).code, 0);
}

TEST_F(Train, CropsAndFlipsAreTheRuns) {
  const std::string at = " --out " + file("a.ckpt");
  const auto loss = [&](const std::string& options) {
    const Outcome outcome =
        run(tiny("--epochs 1 --overwrite --json " + file("a.json") + at + " " + options));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return json("a.json").at("epochs").at(0).at("train_loss").get<double>();
  };
  EXPECT_EQ(loss("--augment --crop-pad 4"), loss("--augment"));
  EXPECT_EQ(loss("--augment --crop-pad 0 --no-flip"), loss(""));
  EXPECT_EQ(loss("--augment --no-flip"), loss("--crop-pad 4"));
  const double larger = loss("--crop-pad 4");
  EXPECT_NE(loss("--crop-pad 2"), larger);  // the last run: its checkpoint is resumed below

  const auto refuse = [&](const std::string& options, const std::string& message) {
    const Outcome outcome = run(tiny(options + at));
    EXPECT_EQ(outcome.code, 2) << options;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
  };
  refuse("--resume --crop-pad 3", "--crop-pad 3: the run in");
  refuse("--resume --no-flip", "--no-flip: expected without --resume");
  refuse("--overwrite --no-augment --crop-pad 3", "--no-augment excludes --crop-pad");
  refuse("--overwrite --crop-pad 17", "crop padding of 17: expected at most the 16 x 16");
  refuse("--overwrite --crop-pad -1", "--crop-pad");
  const Outcome evaluated = run("train " + file("a.ckpt") + " --evaluate-only --crop-pad 2");
  EXPECT_EQ(evaluated.code, 2);
  EXPECT_NE(evaluated.err.find("--crop-pad: expected without --evaluate-only"), std::string::npos)
      << evaluated.err;
  const Outcome resumed = run(tiny("--resume --crop-pad 2" + at));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

class TrainOnPictures : public Train {
 protected:
  void SetUp() override {
    Program::SetUp();
    write_picture_set(folder / "set");
  }
  [[nodiscard]] std::string on_pictures(const std::string& network, const std::string& more) const {
    return "train " + network + " --dataset folder:" + file("set") +
           " --batch 8 --threads 1 --epochs 1 " + more;
  }
};

TEST_F(TrainOnPictures, TheNetworksResolutionIsThePictures) {
  const std::string out = " --out " + file("a.ckpt") + " --overwrite --json " + file("a.json");
  const auto network = [&] { return json("a.json").at("network").get<std::string>(); };
  for (const auto& [spec, more, name] :
       {std::tuple{"mobilenet_v1:width=0.1,resolution=24", "", "resolution=24,channels=3"},
        {"mobilenet_v1:width=0.1,channels=1", "--resolution 32", "resolution=32,channels=1"},
        {"resnet8", "", "resolution=32,channels=3"}}) {
    const Outcome outcome = run(on_pictures(spec, more + out));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(network().find(std::string(name) + ",classes=2"), std::string::npos) << network();
  }
  expect_refusal(on_pictures("mobilenet_v1:resolution=24", "--resolution 32" + out),
                 "takes 24x24x3 and tells 2 classes; the data set has images of 32x32x3");
  expect_refusal(tiny("--resolution 16" + out), "--resolution 16: the images of idx:");
}

TEST_F(TrainOnPictures, ACheckpointKeepsHowItsPicturesWerePrepared) {
  const std::string at = "--out " + file("a.ckpt");
  ASSERT_EQ(run(on_pictures("mobilenet_v1:width=0.1", "--resolution 32 " + at)).code, 0);
  // Nothing says 32 here but the checkpoint.
  for (const std::string& more :
       {std::string("--evaluate-only"), "--evaluate-only --dataset folder:" + file("set"),
        "--quantize w8a8 --epochs 1 --out " + file("b.ckpt")}) {
    const Outcome outcome = run("train " + file("a.ckpt") + " --threads 1 --batch 8 " + more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
  const std::string resume = "train " + file("a.ckpt") + " --resume " + at;
  EXPECT_EQ(run(resume + " --resolution 32").code, 0);
  expect_refusal(resume + " --resolution 24", "--resolution 24: the run in");
}

TEST_F(TrainOnPictures, WhatIsLeftOutIsSaid) {
  write_png(folder / "set/train/.ipynb_checkpoints/1.png", 8, 8, [](auto...) { return 1; });
  std::ofstream(file("set/train/left/a.bmp")) << "BM";
  const std::string command =
      on_pictures("resnet8", "--out " + file("a.ckpt") + " --overwrite --json " + file("a.json"));
  Outcome outcome = run(command);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("1 hidden name ignored, such as .ipynb_checkpoints"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("not used (1 .bmp)"), std::string::npos) << outcome.err;
  EXPECT_EQ(json("a.json").at("skipped_images"), 0);
  // Damage is refused by name, or left out and counted.
  std::ofstream(file("set/train/right/damaged.png")) << "none";
  outcome = run(command);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("right/damaged.png: neither JPEG nor PNG"), std::string::npos)
      << outcome.err;
  outcome = run(command + " --on-corrupt skip");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("1 damaged image left out, such as"), std::string::npos)
      << outcome.err;
  EXPECT_EQ(json("a.json").at("skipped_images"), 1);
  // Damage that shows only when a picture is read counts, too.
  std::string rotten = read(file("set/train/left/0.png"));
  for (std::size_t i = rotten.size() / 3; i < rotten.size() / 2; ++i) rotten[i] = 0;
  std::ofstream(file("set/train/left/0.png"), std::ios::binary) << rotten;
  outcome = run(command + " --on-corrupt skip");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("1 more damaged image left out"), std::string::npos) << outcome.out;
  EXPECT_EQ(json("a.json").at("skipped_images"), 2);
  // The run keeps that, too.
  EXPECT_EQ(run("train resnet8 --resume --out " + file("a.ckpt")).code, 0);
  expect_refusal(command + " --on-corrupt maybe", "--on-corrupt maybe: expected refuse or skip");
}

TEST_F(TrainOnPictures, OneClassIsRefused) {
  fs::remove_all(folder / "set/train/right");
  fs::remove_all(folder / "set/val/right");
  expect_refusal(on_pictures("resnet8", "--out " + file("a.ckpt")),
                 "set': 1 class, expected at least 2");
}

}  // namespace
}  // namespace freebits::test
