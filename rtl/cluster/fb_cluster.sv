// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// The cluster: NumCores cores, their fetch buffers and the shared instruction cache, TCDM behind a
// single-cycle interconnect, DMA, event unit, timer, and one 64-bit port to the outside. This module
// wires them; README.md has the picture, docs/cluster.md the programmer's view.
module fb_cluster #(
  parameter int         NumCores         = 8,       // 1, 2, 4, 8, 16
  parameter int         NumBanks         = 16,      // a power of two, at least 2
  parameter int         TcdmBytes        = 131072,  // a power of two, at most 1 MiB
  parameter int         IcacheBytes      = 4096,
  parameter int         IcacheWays       = 4,
  parameter int         IcacheBanks      = 2,
  parameter int         FetchBufferBytes = 512,
  parameter int         DmaQueueDepth    = 8,
  parameter int         DmaReadAhead     = 32,
  parameter logic [2:0] IsaLevel         = fb_isa_pkg::LevelFlexV,
  parameter bit         Rvfi             = 1'b0
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  // straps, constant after reset
  input  wire  [2:0]             isa_level_i,
  input  wire  [31:0]            boot_addr_i,
  input  wire  [31:0]            l2_bytes_i,     // multiples of 16
  input  wire  [31:0]            l3_bytes_i,
  // outside port: a request stands until out_valid_o && out_ready_i; answers are always accepted
  output logic                   out_valid_o,
  input  wire                    out_ready_i,
  output logic [4:0]             out_id_o,
  output logic                   out_we_o,
  output logic [31:0]            out_addr_o,
  output logic [7:0]             out_be_o,
  output logic [63:0]            out_wdata_o,
  input  wire                    in_valid_i,
  input  wire  [4:0]             in_id_i,
  input  wire  [63:0]            in_rdata_i,
  input  wire  [3:0]             event_i,        // pulses
  // observation
  output logic [NumCores*3-1:0]  activity_o,     // fb_core_pkg::activity_e
  output logic [NumCores-1:0]    retire_o,       // an instruction completed without a trap
  output logic [NumCores-1:0]    asleep_o,       // the core's clock stands
  output logic                   dma_busy_o,
  output logic [NumCores+1:0]    tcdm_req_o,     // cores, then the DMA's two word ports
  output logic [NumCores+1:0]    tcdm_gnt_o,
  // bus monitor: every data access of a core in the cycle of its grant (refused ones left out), every
  // L1 access of the DMA's two word ports
  output logic [NumCores+1:0]    access_o,
  output logic [NumCores*32+63:0] access_addr_o, // DMA: offsets in L1
  output logic [NumCores+1:0]    access_we_o,
  output logic [NumCores*4+7:0]  access_be_o,
  output logic [NumCores*32+63:0] access_wdata_o,
  // RVFI, one slice per core
  output logic [NumCores-1:0]    rvfi_valid_o,
  output logic [NumCores*64-1:0] rvfi_order_o,
  output logic [NumCores*32-1:0] rvfi_insn_o,
  output logic [NumCores-1:0]    rvfi_trap_o,
  output logic [NumCores*5-1:0]  rvfi_trap_cause_o,
  output logic [NumCores*32-1:0] rvfi_trap_tval_o,
  output logic [NumCores-1:0]    rvfi_intr_o,
  output logic [NumCores*6-1:0]  rvfi_intr_cause_o,
  output logic [NumCores*5-1:0]  rvfi_rd_addr_o,
  output logic [NumCores*32-1:0] rvfi_rd_wdata_o,
  output logic [NumCores*5-1:0]  rvfi_rd2_addr_o,
  output logic [NumCores*32-1:0] rvfi_rd2_wdata_o,
  output logic [NumCores*32-1:0] rvfi_pc_rdata_o,
  output logic [NumCores*32-1:0] rvfi_pc_wdata_o,
  output logic [NumCores*32-1:0] rvfi_mem_addr_o,
  output logic [NumCores*4-1:0]  rvfi_mem_rmask_o,
  output logic [NumCores*4-1:0]  rvfi_mem_wmask_o,
  output logic [NumCores*32-1:0] rvfi_mem_rdata_o,
  output logic [NumCores*32-1:0] rvfi_mem_wdata_o
);

  localparam int NumMasters = NumCores + 2;

  // Data ports of the cores.
  logic [NumCores-1:0]      data_req, data_we, data_gnt, data_err, data_rvalid;
  logic [NumCores*32-1:0]   data_addr, data_wdata, data_rdata;
  logic [NumCores*4-1:0]    data_be;
  logic [NumCores-1:0]      to_outside;

  logic [NumMasters-1:0]    tcdm_req, tcdm_we, tcdm_tas, tcdm_gnt;
  logic [NumMasters*32-1:0] tcdm_addr, tcdm_wdata, tcdm_rdata;
  logic [NumMasters*4-1:0]  tcdm_be;

  logic [NumCores-1:0]      eu_req, eu_rvalid, irq;
  logic [NumCores*32-1:0]   eu_rdata;
  logic [NumCores*2-1:0]    eu_wait;
  logic [NumCores-1:0]      periph_req, periph_gnt;
  logic [31:0]              periph_rdata;
  logic [NumCores-1:0]      core_out_req, core_out_gnt, core_out_rvalid;
  logic [31:0]              core_out_rdata;

  // Fetch ports.
  logic [NumCores-1:0]      line_req, line_prefetch, line_gnt, line_rvalid, line_err, fencei;
  logic [NumCores*32-1:0]   line_addr;
  logic [NumCores*128-1:0]  line_rdata;
  logic                     control_flush, flush;
  assign flush = control_flush || fencei != '0;

  for (genvar i = 0; i < NumCores; i++) begin : g_core
    logic        clk_core, sleep, gated_q, wake;
    logic [2:0]  activity;
    logic        instr_req, instr_gnt, instr_rvalid, instr_err;
    logic [31:0] instr_addr, instr_rdata;

    // An answer or an interrupt wakes the core in the cycle it comes.
    assign wake = !sleep || data_rvalid[i] || irq[i];
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) gated_q <= 1'b0;
      else gated_q <= !wake;
    end

    fb_clock_gate u_clock_gate (
      .clk_i,
      .enable_i(wake),
      .clk_o   (clk_core)
    );

    // Straps as the core's own registers: constant, and asleep with it.
    logic [2:0]  level_q;
    logic [31:0] boot_addr_q;
    always_ff @(posedge clk_core) begin
      level_q     <= isa_level_i;
      boot_addr_q <= boot_addr_i;
    end

    logic        unused_halt;
    logic [1:0]  unused_mode, unused_ixl;
    logic [4:0]  unused_rs1_addr, unused_rs2_addr;
    logic [31:0] unused_rs1_rdata, unused_rs2_rdata;

    fb_core #(
      .IsaLevel(IsaLevel),
      .Rvfi    (Rvfi)
    ) u_core (
      .clk_i          (clk_core),
      .clk_free_i     (clk_i),
      .rst_ni,
      .isa_level_i    (level_q),
      .hart_id_i      (i),
      .boot_addr_i    (boot_addr_q),
      .irq_i          ({20'd0, irq[i], 11'd0}),
      .instr_req_o    (instr_req),
      .instr_addr_o   (instr_addr),
      .instr_gnt_i    (instr_gnt),
      .instr_rvalid_i (instr_rvalid),
      .instr_rdata_i  (instr_rdata),
      .instr_err_i    (instr_err),
      .data_req_o     (data_req[i]),
      .data_addr_o    (data_addr[i*32 +: 32]),
      .data_we_o      (data_we[i]),
      .data_be_o      (data_be[i*4 +: 4]),
      .data_wdata_o   (data_wdata[i*32 +: 32]),
      .data_gnt_i     (data_gnt[i]),
      .data_err_i     (data_err[i]),
      .data_rvalid_i  (data_rvalid[i]),
      .data_rdata_i   (data_rdata[i*32 +: 32]),
      .sleep_o        (sleep),
      .fencei_o       (fencei[i]),
      .activity_o     (activity),
      .retire_o       (retire_o[i]),
      .rvfi_valid     (rvfi_valid_o[i]),
      .rvfi_order     (rvfi_order_o[i*64 +: 64]),
      .rvfi_insn      (rvfi_insn_o[i*32 +: 32]),
      .rvfi_trap      (rvfi_trap_o[i]),
      .rvfi_trap_cause(rvfi_trap_cause_o[i*5 +: 5]),
      .rvfi_trap_tval (rvfi_trap_tval_o[i*32 +: 32]),
      .rvfi_halt      (unused_halt),
      .rvfi_intr      (rvfi_intr_o[i]),
      .rvfi_intr_cause(rvfi_intr_cause_o[i*6 +: 6]),
      .rvfi_mode      (unused_mode),
      .rvfi_ixl       (unused_ixl),
      .rvfi_rs1_addr  (unused_rs1_addr),
      .rvfi_rs2_addr  (unused_rs2_addr),
      .rvfi_rs1_rdata (unused_rs1_rdata),
      .rvfi_rs2_rdata (unused_rs2_rdata),
      .rvfi_rd_addr   (rvfi_rd_addr_o[i*5 +: 5]),
      .rvfi_rd_wdata  (rvfi_rd_wdata_o[i*32 +: 32]),
      .rvfi_rd2_addr  (rvfi_rd2_addr_o[i*5 +: 5]),
      .rvfi_rd2_wdata (rvfi_rd2_wdata_o[i*32 +: 32]),
      .rvfi_pc_rdata  (rvfi_pc_rdata_o[i*32 +: 32]),
      .rvfi_pc_wdata  (rvfi_pc_wdata_o[i*32 +: 32]),
      .rvfi_mem_addr  (rvfi_mem_addr_o[i*32 +: 32]),
      .rvfi_mem_rmask (rvfi_mem_rmask_o[i*4 +: 4]),
      .rvfi_mem_wmask (rvfi_mem_wmask_o[i*4 +: 4]),
      .rvfi_mem_rdata (rvfi_mem_rdata_o[i*32 +: 32]),
      .rvfi_mem_wdata (rvfi_mem_wdata_o[i*32 +: 32])
    );

    fb_fetch_buffer #(
      .Bytes(FetchBufferBytes)
    ) u_fetch_buffer (
      .clk_i,
      .rst_ni,
      .flush_i       (flush),
      .instr_req_i   (instr_req),
      .instr_addr_i  (instr_addr),
      .instr_gnt_o   (instr_gnt),
      .instr_rvalid_o(instr_rvalid),
      .instr_rdata_o (instr_rdata),
      .instr_err_o   (instr_err),
      .line_req_o    (line_req[i]),
      .line_addr_o   (line_addr[i*32 +: 32]),
      .line_prefetch_o(line_prefetch[i]),
      .line_gnt_i    (line_gnt[i]),
      .line_rvalid_i (line_rvalid[i]),
      .line_rdata_i  (line_rdata[i*128 +: 128]),
      .line_err_i    (line_err[i])
    );

    fb_core_demux #(
      .TcdmBytes(TcdmBytes)
    ) u_core_demux (
      .clk_i,
      .rst_ni,
      .l2_bytes_i,
      .l3_bytes_i,
      .data_req_i      (data_req[i]),
      .data_addr_i     (data_addr[i*32 +: 32]),
      .data_we_i       (data_we[i]),
      .data_be_i       (data_be[i*4 +: 4]),
      .data_wdata_i    (data_wdata[i*32 +: 32]),
      .data_gnt_o      (data_gnt[i]),
      .data_err_o      (data_err[i]),
      .data_rvalid_o   (data_rvalid[i]),
      .data_rdata_o    (data_rdata[i*32 +: 32]),
      .outside_o       (to_outside[i]),
      .tcdm_req_o      (tcdm_req[i]),
      .tcdm_tas_o      (tcdm_tas[i]),
      .tcdm_gnt_i      (tcdm_gnt[i]),
      .tcdm_rdata_i    (tcdm_rdata[i*32 +: 32]),
      .eu_req_o        (eu_req[i]),
      .eu_rvalid_i     (eu_rvalid[i]),
      .eu_rdata_i      (eu_rdata[i*32 +: 32]),
      .periph_req_o    (periph_req[i]),
      .periph_gnt_i    (periph_gnt[i]),
      .periph_rdata_i  (periph_rdata),
      .outside_req_o   (core_out_req[i]),
      .outside_gnt_i   (core_out_gnt[i]),
      .outside_rvalid_i(core_out_rvalid[i]),
      .outside_rdata_i (core_out_rdata)
    );

    fb_activity u_activity (
      .core_i    (activity),
      .gated_i   (gated_q),
      .outside_i (to_outside[i]),
      .wait_i    (eu_wait[i*2 +: 2]),
      .activity_o(activity_o[i*3 +: 3])
    );

    assign asleep_o[i] = gated_q;

    logic unused_core;
    assign unused_core = ^{unused_halt, unused_mode, unused_ixl, unused_rs1_addr, unused_rs2_addr,
                           unused_rs1_rdata, unused_rs2_rdata};
  end

  // L1: the cores, then the DMA's two word ports.
  logic [1:0]  dma_tcdm_req, dma_tcdm_we;
  logic [63:0] dma_tcdm_addr, dma_tcdm_wdata;
  logic [7:0]  dma_tcdm_be;
  localparam logic [31:0] OffsetMask = TcdmBytes - 1;
  for (genvar i = 0; i < NumCores; i++) begin : g_offset
    assign tcdm_addr[i*32 +: 32] = data_addr[i*32 +: 32] & OffsetMask;
  end
  assign tcdm_addr[NumMasters*32-1 : NumCores*32] = dma_tcdm_addr;
  assign tcdm_req[NumMasters-1 : NumCores]        = dma_tcdm_req;
  assign tcdm_tas[NumMasters-1 : NumCores]        = 2'b00;
  assign tcdm_we                                  = {dma_tcdm_we, data_we};
  assign tcdm_be                                  = {dma_tcdm_be, data_be};
  assign tcdm_wdata                               = {dma_tcdm_wdata, data_wdata};
  assign tcdm_req_o                               = tcdm_req;
  assign tcdm_gnt_o                               = tcdm_gnt;

  fb_tcdm_xbar #(
    .NumMasters(NumMasters),
    .NumBanks  (NumBanks),
    .BankWords (TcdmBytes / 4 / NumBanks)
  ) u_tcdm (
    .clk_i,
    .rst_ni,
    .req_i  (tcdm_req),
    .addr_i (tcdm_addr),
    .we_i   (tcdm_we),
    .tas_i  (tcdm_tas),
    .be_i   (tcdm_be),
    .wdata_i(tcdm_wdata),
    .gnt_o  (tcdm_gnt),
    .rdata_o(tcdm_rdata)
  );

  assign access_o       = {dma_tcdm_req & tcdm_gnt[NumMasters-1 : NumCores],
                           data_req & data_gnt & ~data_err};
  assign access_addr_o  = {dma_tcdm_addr, data_addr};
  assign access_we_o    = tcdm_we;
  assign access_be_o    = tcdm_be;
  assign access_wdata_o = tcdm_wdata;

  // Instruction cache.
  logic        icache_req, icache_gnt, icache_rvalid;
  logic [31:0] icache_addr;
  logic [63:0] outside_rdata;

  fb_icache #(
    .NumPorts(NumCores),
    .Bytes   (IcacheBytes),
    .Ways    (IcacheWays),
    .Banks   (IcacheBanks)
  ) u_icache (
    .clk_i,
    .rst_ni,
    .flush_i     (flush),
    .l2_bytes_i,
    .l3_bytes_i,
    .req_i       (line_req),
    .prefetch_i  (line_prefetch),
    .addr_i      (line_addr),
    .gnt_o       (line_gnt),
    .rvalid_o    (line_rvalid),
    .rdata_o     (line_rdata),
    .err_o       (line_err),
    .out_req_o   (icache_req),
    .out_addr_o  (icache_addr),
    .out_gnt_i   (icache_gnt),
    .out_rvalid_i(icache_rvalid),
    .out_rdata_i (outside_rdata)
  );

  // Peripherals.
  logic                dma_full, dma_req, timer_req, control_req, periph_we;
  logic [3:0]          periph_core;
  logic [11:0]         periph_offset;
  logic [31:0]         periph_wdata, dma_rdata, timer_rdata, control_rdata;
  logic [NumCores-1:0] dma_event, timer_event;

  fb_periph_bus #(
    .NumCores(NumCores)
  ) u_periph_bus (
    .clk_i,
    .rst_ni,
    .req_i          (periph_req),
    .addr_i         (data_addr),
    .we_i           (data_we),
    .wdata_i        (data_wdata),
    .gnt_o          (periph_gnt),
    .rdata_o        (periph_rdata),
    .dma_full_i     (dma_full),
    .dma_req_o      (dma_req),
    .timer_req_o    (timer_req),
    .control_req_o  (control_req),
    .core_o         (periph_core),
    .offset_o       (periph_offset),
    .we_o           (periph_we),
    .wdata_o        (periph_wdata),
    .dma_rdata_i    (dma_rdata),
    .timer_rdata_i  (timer_rdata),
    .control_rdata_i(control_rdata)
  );

  fb_timer #(
    .NumCores(NumCores)
  ) u_timer (
    .clk_i,
    .rst_ni,
    .req_i   (timer_req),
    .offset_i(periph_offset),
    .we_i    (periph_we),
    .wdata_i (periph_wdata),
    .rdata_o (timer_rdata),
    .event_o (timer_event)
  );

  fb_control #(
    .NumCores (NumCores),
    .NumBanks (NumBanks),
    .TcdmBytes(TcdmBytes)
  ) u_control (
    .clk_i,
    .rst_ni,
    .l2_bytes_i,
    .l3_bytes_i,
    .isa_level_i   (isa_level_i < IsaLevel ? isa_level_i : IsaLevel),
    .req_i         (control_req),
    .offset_i      (periph_offset),
    .we_i          (periph_we),
    .rdata_o       (control_rdata),
    .icache_flush_o(control_flush)
  );

  logic        rd_req, rd_gnt, rd_rvalid, wr_req, wr_gnt, wr_rvalid;
  logic [31:0] rd_addr, wr_addr;
  logic [7:0]  wr_be;
  logic [63:0] wr_data;

  fb_dma #(
    .NumCores  (NumCores),
    .TcdmBytes (TcdmBytes),
    .QueueDepth(DmaQueueDepth),
    .ReadAhead (DmaReadAhead)
  ) u_dma (
    .clk_i,
    .rst_ni,
    .l2_bytes_i,
    .l3_bytes_i,
    .req_i       (dma_req),
    .core_i      (periph_core),
    .offset_i    (periph_offset),
    .we_i        (periph_we),
    .wdata_i     (periph_wdata),
    .rdata_o     (dma_rdata),
    .full_o      (dma_full),
    .event_o     (dma_event),
    .busy_o      (dma_busy_o),
    .tcdm_req_o  (dma_tcdm_req),
    .tcdm_addr_o (dma_tcdm_addr),
    .tcdm_we_o   (dma_tcdm_we),
    .tcdm_be_o   (dma_tcdm_be),
    .tcdm_wdata_o(dma_tcdm_wdata),
    .tcdm_gnt_i  (tcdm_gnt[NumMasters-1 : NumCores]),
    .tcdm_rdata_i(tcdm_rdata[NumMasters*32-1 : NumCores*32]),
    .rd_req_o    (rd_req),
    .rd_addr_o   (rd_addr),
    .rd_gnt_i    (rd_gnt),
    .rd_rvalid_i (rd_rvalid),
    .rd_rdata_i  (outside_rdata),
    .wr_req_o    (wr_req),
    .wr_addr_o   (wr_addr),
    .wr_be_o     (wr_be),
    .wr_data_o   (wr_data),
    .wr_gnt_i    (wr_gnt),
    .wr_rvalid_i (wr_rvalid)
  );

  fb_event_unit #(
    .NumCores(NumCores)
  ) u_event_unit (
    .clk_i,
    .rst_ni,
    .req_i          (eu_req),
    .addr_i         (data_addr),
    .we_i           (data_we),
    .wdata_i        (data_wdata),
    .rvalid_o       (eu_rvalid),
    .rdata_o        (eu_rdata),
    .dma_event_i    (dma_event),
    .timer_event_i  (timer_event),
    .outside_event_i(event_i),
    .irq_o          (irq),
    .wait_o         (eu_wait)
  );

  fb_outside_port #(
    .NumCores(NumCores)
  ) u_outside_port (
    .clk_i,
    .rst_ni,
    .core_req_i     (core_out_req),
    .core_addr_i    (data_addr),
    .core_we_i      (data_we),
    .core_be_i      (data_be),
    .core_wdata_i   (data_wdata),
    .core_gnt_o     (core_out_gnt),
    .core_rvalid_o  (core_out_rvalid),
    .core_rdata_o   (core_out_rdata),
    .icache_req_i   (icache_req),
    .icache_addr_i  (icache_addr),
    .icache_gnt_o   (icache_gnt),
    .icache_rvalid_o(icache_rvalid),
    .dma_rd_req_i   (rd_req),
    .dma_rd_addr_i  (rd_addr),
    .dma_rd_gnt_o   (rd_gnt),
    .dma_rd_rvalid_o(rd_rvalid),
    .dma_wr_req_i   (wr_req),
    .dma_wr_addr_i  (wr_addr),
    .dma_wr_be_i    (wr_be),
    .dma_wr_data_i  (wr_data),
    .dma_wr_gnt_o   (wr_gnt),
    .dma_wr_rvalid_o(wr_rvalid),
    .rdata_o        (outside_rdata),
    .out_valid_o,
    .out_ready_i,
    .out_id_o,
    .out_we_o,
    .out_addr_o,
    .out_be_o,
    .out_wdata_o,
    .in_valid_i,
    .in_id_i,
    .in_rdata_i
  );

endmodule

`default_nettype wire
