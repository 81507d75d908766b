// SPDX-License-Identifier: Apache-2.0
// fb_cluster with a register on every input, so that C++ sets the next cycle's inputs before the
// clock edge and one evaluation per edge is enough. Requests to the outside are always taken. What
// only an observer reads exists with Observe alone, one element per core or master.
module fb_cluster_harness #(
  parameter int NumCores         = 8,
  parameter int NumBanks         = 16,
  parameter int TcdmBytes        = 131072,
  parameter int IcacheBytes      = 4096,
  parameter int IcacheWays       = 4,
  parameter int IcacheBanks      = 2,
  parameter int FetchBufferBytes = 512,
  parameter int DmaQueueDepth    = 8,
  parameter int DmaReadAhead     = 32,
  parameter bit Observe          = 1'b0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // Taken over while configure_i is set (during reset).
  input  logic                  configure_i,
  input  logic [2:0]            isa_level_i,
  input  logic [31:0]           boot_addr_i,
  input  logic [31:0]           l2_bytes_i,
  input  logic [31:0]           l3_bytes_i,
  // For the next cycle.
  input  logic                  in_valid_i,
  input  logic [4:0]            in_id_i,
  input  logic [63:0]           in_rdata_i,
  input  logic [3:0]            event_i,
  // Of this cycle.
  output logic                  out_valid_o,
  output logic [4:0]            out_id_o,
  output logic                  out_we_o,
  output logic [31:0]           out_addr_o,
  output logic [7:0]            out_be_o,
  output logic [63:0]           out_wdata_o,
  output logic [NumCores*3-1:0] activity_o,
  output logic [NumCores-1:0]   retire_o,
  output logic [NumCores-1:0]   asleep_o,
  output logic                  dma_busy_o,

  output logic [NumCores+1:0]   tcdm_refused_o,
  output logic [NumCores+1:0]   access_o,
  output logic [NumCores+1:0]   access_we_o,
  output logic [3:0]            access_be_o [NumCores+2],
  output logic [31:0]           access_addr_o [NumCores+2],
  output logic [31:0]           access_wdata_o [NumCores+2],
  output logic [NumCores-1:0]   rvfi_valid_o,
  output logic [NumCores-1:0]   rvfi_trap_o,
  output logic [NumCores-1:0]   rvfi_intr_o,
  output logic [63:0]           rvfi_order_o [NumCores],
  output logic [31:0]           rvfi_insn_o [NumCores],
  output logic [5:0]            rvfi_intr_cause_o [NumCores],
  output logic [4:0]            rvfi_rd_addr_o [NumCores],
  output logic [31:0]           rvfi_rd_wdata_o [NumCores],
  output logic [4:0]            rvfi_rd2_addr_o [NumCores],
  output logic [31:0]           rvfi_rd2_wdata_o [NumCores],
  output logic [31:0]           rvfi_pc_rdata_o [NumCores],
  output logic [31:0]           rvfi_pc_wdata_o [NumCores],
  output logic [31:0]           rvfi_mem_addr_o [NumCores],
  output logic [3:0]            rvfi_mem_rmask_o [NumCores],
  output logic [3:0]            rvfi_mem_wmask_o [NumCores],
  output logic [31:0]           rvfi_mem_rdata_o [NumCores],
  output logic [31:0]           rvfi_mem_wdata_o [NumCores]
);

  logic [2:0]  isa_level_q;
  logic [31:0] boot_addr_q, l2_bytes_q, l3_bytes_q;
  always_ff @(posedge clk_i) begin
    if (configure_i) begin
      isa_level_q <= isa_level_i;
      boot_addr_q <= boot_addr_i;
      l2_bytes_q  <= l2_bytes_i;
      l3_bytes_q  <= l3_bytes_i;
    end
  end

  logic        in_valid_q;
  logic [4:0]  in_id_q;
  logic [63:0] in_rdata_q;
  logic [3:0]  event_q;
  always_ff @(posedge clk_i) begin
    in_valid_q <= in_valid_i;
    event_q    <= event_i;
    if (in_valid_i) begin
      in_id_q    <= in_id_i;
      in_rdata_q <= in_rdata_i;
    end
  end

  logic [NumCores+1:0]     tcdm_req, tcdm_gnt, access, access_we;
  logic [NumCores*4+7:0]   access_be;
  logic [NumCores*32+63:0] access_addr, access_wdata;
  logic [NumCores-1:0]     rvfi_valid, rvfi_trap, rvfi_intr;
  logic [NumCores*64-1:0]  rvfi_order;
  logic [NumCores*6-1:0]   rvfi_intr_cause;
  logic [NumCores*5-1:0]   rvfi_rd_addr, rvfi_rd2_addr, rvfi_trap_cause;
  logic [NumCores*4-1:0]   rvfi_mem_rmask, rvfi_mem_wmask;
  logic [NumCores*32-1:0]  rvfi_insn, rvfi_trap_tval, rvfi_rd_wdata, rvfi_rd2_wdata, rvfi_pc_rdata;
  logic [NumCores*32-1:0]  rvfi_pc_wdata, rvfi_mem_addr, rvfi_mem_rdata, rvfi_mem_wdata;

  fb_cluster #(
    .NumCores        (NumCores),
    .NumBanks        (NumBanks),
    .TcdmBytes       (TcdmBytes),
    .IcacheBytes     (IcacheBytes),
    .IcacheWays      (IcacheWays),
    .IcacheBanks     (IcacheBanks),
    .FetchBufferBytes(FetchBufferBytes),
    .DmaQueueDepth   (DmaQueueDepth),
    .DmaReadAhead    (DmaReadAhead),
    .Rvfi            (Observe)
  ) u_cluster (
    .clk_i,
    .rst_ni,
    .isa_level_i      (isa_level_q),
    .boot_addr_i      (boot_addr_q),
    .l2_bytes_i       (l2_bytes_q),
    .l3_bytes_i       (l3_bytes_q),
    .out_valid_o,
    .out_ready_i      (1'b1),
    .out_id_o,
    .out_we_o,
    .out_addr_o,
    .out_be_o,
    .out_wdata_o,
    .in_valid_i       (in_valid_q),
    .in_id_i          (in_id_q),
    .in_rdata_i       (in_rdata_q),
    .event_i          (event_q),
    .activity_o,
    .retire_o,
    .asleep_o,
    .dma_busy_o,
    .tcdm_req_o       (tcdm_req),
    .tcdm_gnt_o       (tcdm_gnt),
    .access_o         (access),
    .access_addr_o    (access_addr),
    .access_we_o      (access_we),
    .access_be_o      (access_be),
    .access_wdata_o   (access_wdata),
    .rvfi_valid_o     (rvfi_valid),
    .rvfi_order_o     (rvfi_order),
    .rvfi_insn_o      (rvfi_insn),
    .rvfi_trap_o      (rvfi_trap),
    .rvfi_trap_cause_o(rvfi_trap_cause),
    .rvfi_trap_tval_o (rvfi_trap_tval),
    .rvfi_intr_o      (rvfi_intr),
    .rvfi_intr_cause_o(rvfi_intr_cause),
    .rvfi_rd_addr_o   (rvfi_rd_addr),
    .rvfi_rd_wdata_o  (rvfi_rd_wdata),
    .rvfi_rd2_addr_o  (rvfi_rd2_addr),
    .rvfi_rd2_wdata_o (rvfi_rd2_wdata),
    .rvfi_pc_rdata_o  (rvfi_pc_rdata),
    .rvfi_pc_wdata_o  (rvfi_pc_wdata),
    .rvfi_mem_addr_o  (rvfi_mem_addr),
    .rvfi_mem_rmask_o (rvfi_mem_rmask),
    .rvfi_mem_wmask_o (rvfi_mem_wmask),
    .rvfi_mem_rdata_o (rvfi_mem_rdata),
    .rvfi_mem_wdata_o (rvfi_mem_wdata)
  );

  if (Observe) begin : g_observe
    assign tcdm_refused_o = tcdm_req & ~tcdm_gnt;
    assign access_o       = access;
    assign access_we_o    = access_we;
    assign rvfi_valid_o   = rvfi_valid;
    assign rvfi_trap_o    = rvfi_trap;
    assign rvfi_intr_o    = rvfi_intr;
    for (genvar m = 0; m < NumCores + 2; m++) begin : g_master
      assign access_be_o[m]    = access_be[m*4 +: 4];
      assign access_addr_o[m]  = access_addr[m*32 +: 32];
      assign access_wdata_o[m] = access_wdata[m*32 +: 32];
    end
    for (genvar i = 0; i < NumCores; i++) begin : g_core
      assign rvfi_order_o[i]      = rvfi_order[i*64 +: 64];
      assign rvfi_insn_o[i]       = rvfi_insn[i*32 +: 32];
      assign rvfi_intr_cause_o[i] = rvfi_intr_cause[i*6 +: 6];
      assign rvfi_rd_addr_o[i]    = rvfi_rd_addr[i*5 +: 5];
      assign rvfi_rd_wdata_o[i]   = rvfi_rd_wdata[i*32 +: 32];
      assign rvfi_rd2_addr_o[i]   = rvfi_rd2_addr[i*5 +: 5];
      assign rvfi_rd2_wdata_o[i]  = rvfi_rd2_wdata[i*32 +: 32];
      assign rvfi_pc_rdata_o[i]   = rvfi_pc_rdata[i*32 +: 32];
      assign rvfi_pc_wdata_o[i]   = rvfi_pc_wdata[i*32 +: 32];
      assign rvfi_mem_addr_o[i]   = rvfi_mem_addr[i*32 +: 32];
      assign rvfi_mem_rmask_o[i]  = rvfi_mem_rmask[i*4 +: 4];
      assign rvfi_mem_wmask_o[i]  = rvfi_mem_wmask[i*4 +: 4];
      assign rvfi_mem_rdata_o[i]  = rvfi_mem_rdata[i*32 +: 32];
      assign rvfi_mem_wdata_o[i]  = rvfi_mem_wdata[i*32 +: 32];
    end
  end else begin : g_plain
    assign tcdm_refused_o = '0;
    assign access_o       = '0;
    assign access_we_o    = '0;
    assign rvfi_valid_o   = '0;
    assign rvfi_trap_o    = '0;
    assign rvfi_intr_o    = '0;
    for (genvar m = 0; m < NumCores + 2; m++) begin : g_master
      assign access_be_o[m]    = '0;
      assign access_addr_o[m]  = '0;
      assign access_wdata_o[m] = '0;
    end
    for (genvar i = 0; i < NumCores; i++) begin : g_core
      assign rvfi_order_o[i]      = '0;
      assign rvfi_insn_o[i]       = '0;
      assign rvfi_intr_cause_o[i] = '0;
      assign rvfi_rd_addr_o[i]    = '0;
      assign rvfi_rd_wdata_o[i]   = '0;
      assign rvfi_rd2_addr_o[i]   = '0;
      assign rvfi_rd2_wdata_o[i]  = '0;
      assign rvfi_pc_rdata_o[i]   = '0;
      assign rvfi_pc_wdata_o[i]   = '0;
      assign rvfi_mem_addr_o[i]   = '0;
      assign rvfi_mem_rmask_o[i]  = '0;
      assign rvfi_mem_wmask_o[i]  = '0;
      assign rvfi_mem_rdata_o[i]  = '0;
      assign rvfi_mem_wdata_o[i]  = '0;
    end
  end

  logic unused_signals;
  assign unused_signals = ^{tcdm_req, tcdm_gnt, access, access_we, access_be, access_addr,
                            access_wdata, rvfi_valid, rvfi_trap, rvfi_intr, rvfi_order,
                            rvfi_intr_cause, rvfi_rd_addr, rvfi_rd2_addr, rvfi_trap_cause,
                            rvfi_mem_rmask, rvfi_mem_wmask, rvfi_insn, rvfi_trap_tval,
                            rvfi_rd_wdata, rvfi_rd2_wdata, rvfi_pc_rdata, rvfi_pc_wdata,
                            rvfi_mem_addr, rvfi_mem_rdata, rvfi_mem_wdata};

endmodule
