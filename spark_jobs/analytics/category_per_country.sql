-- Most popular category of each country, by posts. Ties: every winner is a row. No medians.
with

posts as (
    select ind, category from pin where category is not null
),

places as (
    select ind, country from geo where country is not null
),

counted as (
    select country, category, count(*) as category_count
    from posts
    inner join places using (ind)
    group by country, category
),

ranked as (
    select *, rank() over (partition by country order by category_count desc) as place
    from counted
),

final as (
    select country, category, category_count from ranked where place = 1
)

select * from final order by country, category
