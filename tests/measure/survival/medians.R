# Medians of Kaplan-Meier curves with their log-log limits, by the package `survival` of R: what
# test_survival.py holds gsi.measure.survival against. Run in this folder:
#   Rscript medians.R    (Debian: r-cran-survival)
# It writes cases.csv (the observations) and medians.csv (what R says of each case).
suppressPackageStartupMessages(library(survival))

cases <- list(
  # Freireich et al. (1963), the leukaemia trial.
  freireich_placebo = list(
    time = c(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23),
    event = rep(1, 21)),
  freireich_treated = list(
    time = c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35),
    event = c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)),
  # Data sets of the package.
  lung = list(time = lung$time, event = as.integer(lung$status == 2)),
  lung_women = list(time = lung$time[lung$sex == 2],
                    event = as.integer(lung$status[lung$sex == 2] == 2)),
  veteran = list(time = veteran$time, event = veteran$status),
  ovarian = list(time = ovarian$futime, event = ovarian$fustat),
  # The last time is an event and the band never comes down: there is no upper limit.
  last_is_event = list(time = c(3, 5, 8, 12, 20, 31, 40, 44, 52, 60),
                       event = c(1, 0, 1, 0, 1, 0, 0, 0, 0, 1)),
  same_day = list(time = rep(4, 12), event = rep(1, 12)),
  zero_days = list(time = c(0, 0, 0, 0, 1, 1, 2, 9, 9, 14), event = rep(1, 10)),
  never_half = list(time = c(2, 6, 9, 9, 9, 9, 9, 9), event = c(1, 1, 0, 0, 0, 0, 0, 0)),
  exactly_half = list(time = c(1, 2, 3, 4, 5, 6, 7, 8), event = rep(1, 8)),
  stays_at_half = list(time = c(1, 2, 3, 4, 5, 6, 7, 8), event = c(1, 1, 1, 1, 0, 0, 0, 0)))

set.seed(16)
for (n in c(10, 15, 30, 60)) {
  for (waiting in c(0, 0.6, 1.2)) {
    x <- ceiling(rweibull(n, 0.8, 40))
    stop <- if (waiting == 0) rep(Inf, n) else ceiling(rexp(n, waiting / 40))
    cases[[sprintf("drawn_%d_%.1f", n, waiting)]] <-
      list(time = pmin(x, stop), event = as.integer(x <= stop))
  }
}

rows <- list()
found <- list()
for (name in names(cases)) {
  one <- cases[[name]]
  rows[[name]] <- data.frame(case = name, time = one$time, event = one$event)
  curve <- survfit(Surv(one$time, one$event) ~ 1, conf.type = "log-log")
  at <- quantile(curve, 0.5)
  found[[name]] <- data.frame(case = name, n = length(one$time), events = sum(one$event),
                              median = at$quantile, low = at$lower, high = at$upper)
}
write.csv(do.call(rbind, rows), "cases.csv", row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, found), "medians.csv", row.names = FALSE, quote = FALSE)
cat(R.version.string, "survival", as.character(packageVersion("survival")), "\n")
